"use client";

import dynamic from "next/dynamic";
import { EditorOf, FormSkeleton, type Where } from "@/components/form/editor";
import { prices } from "./reader";

// Not rendered before it can be used: what is typed while nobody listens yet would be lost.
const Form = dynamic(() => import("./form").then((all) => all.StartedPriceForm), {
  ssr: false,
  loading: () => <FormSkeleton />,
});

/** The page of one price in the builder, or of a new one. */
export function PriceEditor(where: Where) {
  return <EditorOf reader={prices} form={Form} {...where} />;
}
