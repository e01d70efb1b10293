"use client";

import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import type { Reader } from "@/features/reading";
import type { Versioned } from "./use-entity-form";

/** What follows on saving in a page of its own: a message with where to go from here, and the address of what is new. */
export function useSaved<View extends Versioned>({ entity, nameOf }: Reader<View>) {
  const router = useRouter();
  const publisher = useMay("publisher");
  return (saved: View, created: boolean) => {
    toast.success(`${nameOf(saved)} is ${created ? "created" : "saved"}`, {
      description: (
        <span className="flex flex-wrap gap-x-3">
          <Link className="py-1 underline underline-offset-2" href={`/viewer/${entity}/${saved.id}`}>
            Look at it
          </Link>
          <Link className="py-1 underline underline-offset-2" href={`/builder/${entity}/new`}>
            Create another
          </Link>
          {entity === "offerings" && publisher && (
            <button
              type="button"
              className="cursor-pointer py-1 underline underline-offset-2"
              onClick={() => document.getElementById("publish")?.click()}
            >
              Publish
            </button>
          )}
        </span>
      ),
    });
    if (created) router.replace(`/builder/${entity}/${saved.id}`);
  };
}
