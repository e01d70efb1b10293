"use client";

import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { problemOf } from "@/lib/api/problem";
import { formatCount } from "@/lib/formats";
import { download, exported, MOST_ROWS } from "./export";
import type { Grid, GridQuery, WithId } from "./grid";

/** Writes what the filter leaves, all pages of it, into a file. */
export function ExportButton<Row extends WithId>({
  grid,
  query,
  total,
}: {
  grid: Grid<Row>;
  query: GridQuery;
  total: number;
}) {
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const [said, setSaid] = useState("");
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  async function write() {
    const control = new AbortController();
    running.current = control;
    setSaid("");
    setProgress({ done: 0, of: Math.min(total, MOST_ROWS) });
    try {
      const file = await exported(grid, query, control.signal, (done, of) => setProgress({ done, of }));
      download(`${grid.entity}-${new Date().toISOString().slice(0, 10)}.csv`, file.text);
      setSaid(
        file.rows < file.total && file.total > MOST_ROWS
          ? `${formatCount(file.rows)} of ${formatCount(file.total)} rows exported: a file has no more. Filter for the rest.`
          : `${formatCount(file.rows)} ${file.rows === 1 ? "row" : "rows"} exported.`,
      );
    } catch (error) {
      setSaid(control.signal.aborted ? "" : `Not exported: ${problemOf(error).message}`);
    } finally {
      setProgress(null);
    }
  }

  return (
    <div className="flex flex-wrap items-center gap-2">
      <p role="status" className="text-xs text-ink-soft empty:-mr-2">
        {said}
      </p>
      {progress ? (
        <>
          <progress
            aria-label="Export"
            className="h-2 w-24 accent-(--accent)"
            value={progress.done}
            max={Math.max(progress.of, 1)}
          />
          <span className="tabular text-xs text-ink-soft">
            {formatCount(progress.done)} of {formatCount(progress.of)}
          </span>
          <Button onClick={() => running.current?.abort()}>Cancel the export</Button>
        </>
      ) : (
        <Button disabled={total === 0} onClick={write} title="All rows of this filter, with every column">
          <Download aria-hidden />
          Export CSV
        </Button>
      )}
    </div>
  );
}
