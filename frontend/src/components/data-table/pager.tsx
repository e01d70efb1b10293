"use client";

import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/input";
import { formatCount } from "@/lib/formats";
import { lastPage, MOST_PAGES, SIZES } from "./grid";
import type { GridState } from "./state";

/** The way through the pages. `total` is not known at first. */
export function Pager({ total, state }: { total: number | undefined; state: GridState }) {
  const id = useId();
  const { page, size } = state.query;
  const last = lastPage(total ?? 0, size);
  const begin = (page - 1) * size + 1;
  const cut = (total ?? 0) > MOST_PAGES * size;
  const steps = [
    { to: 1, label: "First page", icon: ChevronFirst, off: page <= 1 },
    { to: page - 1, label: "Previous page", icon: ChevronLeft, off: page <= 1 },
    { to: page + 1, label: "Next page", icon: ChevronRight, off: page >= last },
    { to: last, label: "Last page", icon: ChevronLast, off: page >= last },
  ];
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center gap-x-4 gap-y-2 text-ink-soft">
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="whitespace-nowrap">
          Rows a page
        </label>
        <NativeSelect
          id={id}
          className="w-20"
          value={size}
          onChange={(event) => state.setSize(Number(event.target.value))}
        >
          {SIZES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </NativeSelect>
      </div>
      {cut && <p>Only the first {formatCount(MOST_PAGES)} pages can be read: filter for the rest.</p>}
      <div className="ml-auto flex items-center gap-1">
        <p className="tabular mr-2 whitespace-nowrap">
          {!!total && (
            <span className="max-sm:hidden">
              {formatCount(begin)}–{formatCount(Math.min(begin + size - 1, total))} ·{" "}
            </span>
          )}
          {total !== undefined && `Page ${formatCount(page)} of ${formatCount(last)}`}
        </p>
        {steps.map(({ to, label, icon: Icon, off }) => (
          <Button
            key={label}
            look="quiet"
            size="icon"
            aria-label={label}
            title={label}
            disabled={off}
            onClick={() => state.goTo(to)}
          >
            <Icon aria-hidden />
          </Button>
        ))}
      </div>
    </nav>
  );
}
