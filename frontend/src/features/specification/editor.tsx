"use client";

import dynamic from "next/dynamic";
import { EditorOf, FormSkeleton, type Where } from "@/components/form/editor";
import { Status } from "@/components/ui/status";
import { specifications } from "./reader";

// Not rendered before it can be used: what is typed while nobody listens yet would be lost.
const Form = dynamic(() => import("./form").then((all) => all.StartedSpecificationForm), {
  ssr: false,
  loading: () => <FormSkeleton />,
});

/** The page of one specification in the builder, or of a new one. */
export function SpecificationEditor(where: Where) {
  return (
    <EditorOf reader={specifications} form={Form} status={(view) => <Status of={view.status} />} {...where} />
  );
}
