"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Rocket } from "lucide-react";
import { useEffect, useState } from "react";
import { DataTable } from "@/components/data-table/data-table";
import type { PageOf } from "@/components/data-table/grid";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { components } from "@/lib/api/schema";
import { Bulk } from "./bulk";
import { publicationGrid } from "./columns";
import { isFinal } from "./state";

type Row = components["schemas"]["PublicationView"];

/** Milliseconds between two looks at a list in which something goes on. */
const FRESH = 3_000;

export function Publications() {
  const publisher = useMay("publisher");
  const [choosing, setChoosing] = useState(false);
  useFresh();
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h1 tabIndex={-1}>Publications</h1>
        {publisher && (
          <Button look="primary" onClick={() => setChoosing(true)}>
            <Rocket aria-hidden />
            Publish several
          </Button>
        )}
      </div>
      <DataTable grid={publicationGrid} />
      <Dialog
        open={choosing}
        onOpenChange={setChoosing}
        side
        title="Publish several offerings"
        description="Each is published for itself: one that is refused keeps none of the others back."
      >
        <Bulk />
      </Dialog>
    </div>
  );
}

/** Look again at the list as long as somebody sees something in it that goes on. */
function useFresh() {
  const client = useQueryClient();
  useEffect(() => {
    const queryKey = [publicationGrid.entity, "list"];
    const timer = setInterval(() => {
      const lists = client.getQueriesData<PageOf<Row>>({ queryKey, type: "active" });
      const going = lists.some(([, page]) => page?.items.some((one) => !isFinal(one.status)));
      if (going && !document.hidden) void client.invalidateQueries({ queryKey });
    }, FRESH);
    return () => clearInterval(timer);
  }, [client]);
}
