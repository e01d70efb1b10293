"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useController } from "react-hook-form";
import { Field, useKit } from "@/components/form/kit";
import { ListEditor } from "@/components/form/list-editor";
import { MultiSelect } from "@/components/form/multi-select";
import { Sheet } from "@/components/form/sheet";
import { keyOf } from "@/components/form/texts";
import { Skeleton } from "@/components/ui/skeleton";
import { priceSource } from "@/features/price/kind";
import { pricesWith } from "@/features/price/reader";
import { emptyPrice } from "@/features/price/schema";
import { amountWords, perWords } from "@/features/price/words";
import { MOST_PRICES } from "./schema";

const PriceForm = dynamic(() => import("@/features/price/form").then((all) => all.PriceForm));

export const usePrices = (ids: readonly string[]) =>
  useQuery({ ...pricesWith(ids), placeholderData: keepPreviousData });

export function PriceChoice() {
  const { id, readOnly } = useKit();
  const { field } = useController({ name: "priceIds" });
  const ids = field.value as string[];
  const prices = usePrices(ids);
  const [making, setMaking] = useState<string | null>(null);
  const found = new Map((prices.data ?? []).map((one) => [one.id, one]));

  function moved(from: number, to: number) {
    const next = [...ids];
    next.splice(to, 0, ...next.splice(from, 1));
    field.onChange(next);
  }

  return (
    <>
      <Field name="priceIds" label="Choose prices" hint="At least one is needed to publish.">
        {(control) => (
          <MultiSelect
            control={control}
            label="Choose prices"
            source={priceSource}
            value={ids}
            onChange={field.onChange}
            onBlur={field.onBlur}
            most={MOST_PRICES}
            readOnly={readOnly}
            placeholder="Search by name…"
            create={{ label: "New price…", open: setMaking }}
          />
        )}
      </Field>
      {ids.length > 0 && (
        <ListEditor
          id={`${id}.prices-list`}
          count={ids.length}
          noun="price"
          readOnly={readOnly}
          keyOf={(index) => ids[index] ?? ""}
          nameOf={(index) => found.get(ids[index] ?? "")?.name ?? ""}
          onRemove={(index) => field.onChange(ids.filter((_, at) => at !== index))}
          onMove={moved}
          row={(index) => {
            const price = found.get(ids[index] ?? "");
            if (!price) {
              return prices.isSuccess && !prices.isPlaceholderData ? (
                <p className="flex min-h-9 items-center px-1 text-bad">
                  This price is not found any more: remove it.
                </p>
              ) : (
                <Skeleton className="m-1 h-7" />
              );
            }
            return (
              <p className="flex min-h-9 flex-wrap items-center gap-x-3 px-1">
                <span className="font-medium">{price.name}</span>
                <span className="tabular text-ink-soft">
                  {[amountWords(price), perWords(price)].filter(Boolean).join(" ")}
                  {price.taxIncluded && ", tax included"}
                </span>
              </p>
            );
          }}
        />
      )}
      <Sheet
        open={making !== null}
        onClose={() => setMaking(null)}
        title="New price"
        description="When it is created, it is chosen here."
      >
        {making !== null && (
          <PriceForm
            view={null}
            initial={{ ...emptyPrice, name: making, key: keyOf(making) }}
            onSaved={(made) => {
              setMaking(null);
              field.onChange([...ids, made.id]);
            }}
          />
        )}
      </Sheet>
    </>
  );
}
