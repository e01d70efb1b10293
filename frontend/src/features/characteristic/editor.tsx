"use client";

import dynamic from "next/dynamic";
import { EditorOf, FormSkeleton, type Where } from "@/components/form/editor";
import { Status } from "@/components/ui/status";
import { characteristics } from "./reader";

// Not rendered before it can be used: what is typed while nobody listens yet would be lost.
const Form = dynamic(() => import("./form").then((all) => all.StartedCharacteristicForm), {
  ssr: false,
  loading: () => <FormSkeleton />,
});

/** The page of one characteristic in the builder, or of a new one. */
export function CharacteristicEditor(where: Where) {
  return (
    <EditorOf
      reader={characteristics}
      form={Form}
      status={(view) => <Status of={view.status} />}
      {...where}
    />
  );
}
