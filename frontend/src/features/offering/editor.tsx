"use client";

import dynamic from "next/dynamic";
import { EditorOf, FormSkeleton, type Where } from "@/components/form/editor";
import { Status } from "@/components/ui/status";
import { offerings } from "./reader";

// Not rendered before it can be used: what is typed while nobody listens yet would be lost.
const Form = dynamic(() => import("./form").then((all) => all.StartedOfferingForm), {
  ssr: false,
  loading: () => <FormSkeleton />,
});

/** The page of one offering in the builder, or of a new one. */
export function OfferingEditor(where: Where) {
  return (
    <EditorOf reader={offerings} form={Form} status={(view) => <Status of={view.status} />} {...where} />
  );
}
