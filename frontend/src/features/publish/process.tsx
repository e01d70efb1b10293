"use client";

import { Workflow } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { Account } from "./state";

const Diagram = dynamic(() => import("./diagram-view").then((one) => one.DiagramView), {
  ssr: false,
  loading: () => <Skeleton className="h-80" />,
});

/** The process as a diagram, for who wants it: nothing of it is loaded before. */
export function Process({ account }: { account: Account }) {
  const [shown, setShown] = useState(false);
  return (
    <section className="grid grid-cols-1 gap-3" aria-label="Process">
      <Button
        className="justify-self-start"
        aria-expanded={shown}
        onClick={() => setShown((before) => !before)}
      >
        <Workflow aria-hidden />
        {shown ? "Hide the process" : "Show the process"}
      </Button>
      {shown && <Diagram account={account} />}
    </section>
  );
}
