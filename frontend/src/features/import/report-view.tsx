"use client";

import type { LucideIcon } from "lucide-react";
import {
  ChevronLeft,
  ChevronRight,
  CircleCheck,
  CirclePlus,
  CircleX,
  Download,
  Equal,
  Pencil,
} from "lucide-react";
import { useId, useState } from "react";
import { download } from "@/components/data-table/export";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { NativeSelect } from "@/components/ui/input";
import { formatCount } from "@/lib/formats";
import { counted, type Entry, inOrder, OUTCOMES, type Outcome, reportCsv } from "./report";
import { KINDS } from "./rows";

/** Rows of the report on one page. */
const SIZE = 50;

const LOOKS: Record<Outcome, { dry: string; done: string; tone: Tone; icon: LucideIcon }> = {
  created: { dry: "New", done: "Created", tone: "good", icon: CirclePlus },
  changed: { dry: "Changed", done: "Changed", tone: "accent", icon: Pencil },
  unchanged: { dry: "Same", done: "Left alone", tone: "neutral", icon: Equal },
  rejected: { dry: "Problem", done: "Rejected", tone: "bad", icon: CircleX },
};

export const outcomeWord = (outcome: Outcome, dry: boolean) => LOOKS[outcome][dry ? "dry" : "done"];

/** What became of each row, or would: counts, then the rows, those with problems first looked for. */
export function ReportView({
  entries,
  dry,
  name,
}: {
  entries: readonly Entry[];
  dry: boolean;
  name: string;
}) {
  return (
    <section aria-labelledby="report" className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="report">{dry ? "Report of the dry run" : "Report of the import"}</h2>
        <Button
          disabled={entries.length === 0}
          onClick={() => download(`${name.replace(/\.\w+$/, "")}-report.csv`, reportCsv(entries))}
        >
          <Download aria-hidden />
          Download CSV
        </Button>
      </div>
      <Counts entries={entries} dry={dry} />
      <Rows entries={entries} dry={dry} />
    </section>
  );
}

function Counts({ entries, dry }: { entries: readonly Entry[]; dry: boolean }) {
  const counts = counted(entries);
  const all = (outcome: Outcome) => entries.filter((one) => one.outcome === outcome).length;
  const cell = "h-9 border-b border-line px-3 text-right group-last:border-b-0";
  return (
    <section
      aria-label="Counts"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-surface sm:w-fit"
    >
      <table className="w-full border-separate border-spacing-0 sm:w-xl">
        <thead>
          <tr className="text-xs text-ink-soft">
            <th scope="col" className="h-9 border-b border-line px-3 text-left font-medium">
              Kind
            </th>
            {OUTCOMES.map((one) => (
              <th key={one} scope="col" className="h-9 border-b border-line px-3 text-right font-medium">
                {outcomeWord(one, dry)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...counts].map(([kind, of]) => (
            <tr key={kind} className="group">
              <th scope="row" className="h-9 border-b border-line px-3 text-left font-normal">
                {kind || "no row"}
              </th>
              {OUTCOMES.map((one) => (
                <td key={one} className={cell}>
                  {of[one] === 0 ? <span className="text-ink-soft">–</span> : formatCount(of[one])}
                </td>
              ))}
            </tr>
          ))}
          <tr className="group font-medium">
            <th scope="row" className="h-9 px-3 text-left">
              All
            </th>
            {OUTCOMES.map((one) => (
              <td key={one} className={cell}>
                {formatCount(all(one))}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function Rows({ entries, dry }: { entries: readonly Entry[]; dry: boolean }) {
  const id = useId();
  const [outcome, setOutcome] = useState<Outcome | "">("");
  const [kind, setKind] = useState("");
  const [page, setPage] = useState(1);
  const wanted = inOrder(entries).filter(
    (one) => (!outcome || one.outcome === outcome) && (!kind || one.kind === kind),
  );
  const last = Math.max(1, Math.ceil(wanted.length / SIZE));
  const at = Math.min(page, last);
  const shown = wanted.slice((at - 1) * SIZE, at * SIZE);
  return (
    <div className="grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <div className="grid min-w-28 flex-1 grid-cols-1 gap-1 sm:max-w-40">
          <label htmlFor={`${id}-outcome`} className="text-xs text-ink-soft">
            Outcome
          </label>
          <NativeSelect
            id={`${id}-outcome`}
            value={outcome}
            onChange={(event) => {
              setOutcome(event.target.value as Outcome | "");
              setPage(1);
            }}
          >
            <option value="">Any</option>
            {OUTCOMES.map((one) => (
              <option key={one} value={one}>
                {outcomeWord(one, dry)}
              </option>
            ))}
          </NativeSelect>
        </div>
        <div className="grid min-w-28 flex-1 grid-cols-1 gap-1 sm:max-w-40">
          <label htmlFor={`${id}-kind`} className="text-xs text-ink-soft">
            Kind
          </label>
          <NativeSelect
            id={`${id}-kind`}
            value={kind}
            onChange={(event) => {
              setKind(event.target.value);
              setPage(1);
            }}
          >
            <option value="">Any</option>
            {KINDS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </NativeSelect>
        </div>
        <p role="status" className="tabular ml-auto self-center text-ink-soft">
          {formatCount(wanted.length)} {wanted.length === 1 ? "row" : "rows"}
        </p>
      </div>
      {shown.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <Empty
            icon={CircleCheck}
            title={outcome === "rejected" ? "No row has a problem" : "No row is like that"}
          />
        </div>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {shown.map((one) => (
            <EntryRow key={one.line} entry={one} dry={dry} />
          ))}
        </ul>
      )}
      {last > 1 && (
        <nav aria-label="Pages of the report" className="flex items-center justify-end gap-1 text-ink-soft">
          <span className="tabular mr-2">
            Page {formatCount(at)} of {formatCount(last)}
          </span>
          <Button
            look="quiet"
            size="icon"
            aria-label="Previous page"
            disabled={at <= 1}
            onClick={() => setPage(at - 1)}
          >
            <ChevronLeft aria-hidden />
          </Button>
          <Button
            look="quiet"
            size="icon"
            aria-label="Next page"
            disabled={at >= last}
            onClick={() => setPage(at + 1)}
          >
            <ChevronRight aria-hidden />
          </Button>
        </nav>
      )}
    </div>
  );
}

function EntryRow({
  entry: { line, kind, key, outcome, published, problems },
  dry,
}: {
  entry: Entry;
  dry: boolean;
}) {
  const { tone, icon } = LOOKS[outcome];
  return (
    <li className="grid grid-cols-1 gap-1 px-3 py-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="tabular w-14 text-xs text-ink-soft">Line {line}</span>
        <span className="w-24 text-ink-soft max-sm:flex-1">{kind || "–"}</span>
        <code className="min-w-0 flex-1 max-sm:order-last max-sm:basis-full">{key || "–"}</code>
        {published && (
          <span className="text-xs text-ink-soft">{dry ? "would be published" : "published"}</span>
        )}
        <Badge tone={tone} icon={icon}>
          {outcomeWord(outcome, dry)}
        </Badge>
      </div>
      {problems.length > 0 && (
        <ul className="grid grid-cols-1 gap-0.5 border-l-2 border-bad pl-2">
          {problems.map((one) => (
            <li key={one.pointer + one.code + one.message}>
              {one.pointer && <code className="mr-2 text-xs text-ink-soft">{one.pointer}</code>}
              {one.message}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
