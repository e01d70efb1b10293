"use client";

import { FileUp, Upload, X } from "lucide-react";
import { type DragEvent, useId, useState } from "react";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/formats";
import { ReportView } from "./report-view";
import type { Publish } from "./run";
import type { Shapes } from "./shape";
import { useImport, type Work } from "./use-import";

/** A file of rows: chosen, judged without writing anything, and imported. */
export function Importer({ shapes }: { shapes: Shapes }) {
  const author = useMay("author");
  const publisher = useMay("publisher");
  const [publish, setPublish] = useState<Publish>(publisher ? "asked" : "none");
  const { chosen, reading, work, running, choose, chooseSample, begin, cancel } = useImport(shapes);
  const judged = work?.dry === true && work.end?.kind === "done";
  const accepted = judged ? work.total - work.entries.filter((one) => one.outcome === "rejected").length : 0;
  const again = work?.dry === false && !running;

  return (
    <div className="grid grid-cols-1 gap-5">
      <div className="grid grid-cols-1 gap-1">
        <h1 tabIndex={-1}>Import</h1>
        <p className="max-w-prose text-ink-soft">
          A file has a JSON object a line: characteristics, specifications, prices and offerings, which refer
          to each other by their keys. What is new is created, what differs is changed, what says the same is
          left alone.
        </p>
      </div>
      {!author && (
        <Notice title="You may look, and not import">
          <p>Importing needs the role author.</p>
        </Notice>
      )}
      <div>
        <Drop
          disabled={!author || running || reading}
          name={chosen?.name}
          onFile={(file) => choose(file, publish)}
          onSample={() => chooseSample(publish)}
        />
        <div role="alert" className="not-empty:mt-3">
          {chosen?.problem && (
            <Notice kind="bad" title={chosen.name}>
              <p className="text-ink">{chosen.problem}</p>
            </Notice>
          )}
        </div>
      </div>
      {chosen?.read && !chosen.problem && (
        <div className="flex flex-wrap items-end gap-3">
          <PublishChoice
            value={publish}
            publisher={publisher}
            disabled={running}
            onChange={(next) => {
              setPublish(next);
              begin(true, next); // it is judged for that
            }}
          />
          <Button
            look="primary"
            disabled={running || !(again || accepted > 0)}
            onClick={() => begin(false, publish)}
          >
            <Upload aria-hidden />
            {again ? "Import again" : judged ? `Import ${formatCount(accepted)} rows` : "Import"}
          </Button>
          <Button disabled={running} onClick={() => begin(true, publish)}>
            Dry run again
          </Button>
        </div>
      )}
      {work && <Progress work={work} onCancel={cancel} />}
      {work && work.entries.length > 0 && (
        <ReportView
          key={work.dry ? "dry" : "done"}
          entries={work.entries}
          dry={work.dry}
          name={chosen?.name ?? "import"}
        />
      )}
    </div>
  );
}

function Drop({
  disabled,
  name,
  onFile,
  onSample,
}: {
  disabled: boolean;
  name: string | undefined;
  onFile: (file: File) => void;
  onSample: () => void;
}) {
  const id = useId();
  const [over, setOver] = useState(false);

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file && !disabled) onFile(file);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the input in it does the same by keyboard
    <div
      onDragOver={(event) => {
        event.preventDefault();
        if (!disabled) setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        "grid grid-cols-1 justify-items-center gap-2 rounded-lg border border-dashed px-4 py-8 text-center",
        over ? "border-accent bg-accent-soft" : "border-line-strong bg-surface",
      )}
    >
      <FileUp aria-hidden className="size-7 text-ink-soft" />
      <label htmlFor={id} className="max-w-full font-medium">
        {name ? `${name}. Choose another file` : "Choose a file of rows (NDJSON), or drop it here"}
      </label>
      <input
        id={id}
        type="file"
        accept=".ndjson,.jsonl,application/x-ndjson"
        disabled={disabled}
        className="max-w-full cursor-pointer rounded-md file:mr-3 file:h-9 file:cursor-pointer file:rounded-md file:border file:border-line-strong file:bg-surface file:px-3 file:font-medium disabled:cursor-not-allowed disabled:opacity-60"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onFile(file);
          event.target.value = ""; // the same file, mended, can be chosen again
        }}
      />
      <p className="text-xs text-ink-soft">It is judged first, and nothing is written.</p>
      <p className="flex flex-wrap items-center justify-center gap-x-2">
        No file yet?
        <Button look="quiet" disabled={disabled} onClick={onSample}>
          Take the telecom sample
        </Button>
        <a className="py-1 text-accent underline underline-offset-2" href="/samples/telecom.ndjson" download>
          Download it
        </a>
      </p>
    </div>
  );
}

function PublishChoice({
  value,
  publisher,
  disabled,
  onChange,
}: {
  value: Publish;
  publisher: boolean;
  disabled: boolean;
  onChange: (publish: Publish) => void;
}) {
  const id = useId();
  return (
    <div className="grid grid-cols-1 gap-1">
      <label htmlFor={id} className="text-xs text-ink-soft">
        Offerings that are published
      </label>
      <NativeSelect
        id={id}
        value={value}
        disabled={disabled || !publisher}
        aria-describedby={publisher ? undefined : `${id}-why`}
        onChange={(event) => onChange(event.target.value as Publish)}
      >
        <option value="asked">those whose rows say so</option>
        <option value="all">all</option>
        <option value="none">none: they stay drafts</option>
      </NativeSelect>
      {!publisher && (
        <p id={`${id}-why`} className="text-xs text-ink-soft">
          Publishing needs the role publisher.
        </p>
      )}
    </div>
  );
}

function Progress({ work, onCancel }: { work: Work; onCancel: () => void }) {
  const { dry, total, entries, end } = work;
  const done = entries.length;
  const what = dry ? "Dry run" : "Import";
  const published = entries.filter((one) => one.published).length;
  return (
    <div className="grid grid-cols-1 gap-2">
      {end === null && (
        <div className="flex flex-wrap items-center gap-3">
          <progress
            aria-label={what}
            className="h-2 w-48 appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
            value={done}
            max={Math.max(total, 1)}
          />
          <span className="tabular">
            {formatCount(done)} of {formatCount(total)}
          </span>
          <Button onClick={onCancel}>
            <X aria-hidden />
            {dry ? "Cancel the dry run" : "Cancel the import"}
          </Button>
        </div>
      )}
      <div role="status">
        {end === null && <p className="sr-only">{what} is under way.</p>}
        {end?.kind === "done" && (
          <Notice
            kind={entries.some((one) => one.outcome === "rejected") ? "warn" : "good"}
            title={`${what} done`}
          >
            <p className="text-ink">
              {formatCount(total)} rows in {end.seconds.toFixed(1)} s; {formatCount(published)}{" "}
              {published === 1 ? "offering" : "offerings"} {dry ? "would be published" : "published"}.
              {dry &&
                " Nothing was written. Some rules only the platform knows, and what is new in this file it has not seen: it may still refuse a row."}
            </p>
          </Notice>
        )}
        {end?.kind === "cancelled" && (
          <Notice kind="warn" title={`${what} cancelled`}>
            <p className="text-ink">
              {dry
                ? "Nothing was written."
                : "What is below was done, and stays. Publications that were asked for go on by themselves. Import the file again to go on."}
            </p>
          </Notice>
        )}
        {end?.kind === "broken" && (
          <Notice kind="bad" title={`${what} interrupted`}>
            <p className="text-ink">{end.problem.message}</p>
            <p className="text-ink">
              {dry
                ? "Nothing was written."
                : "What is below was done, and stays. Import the file again to go on."}
            </p>
            {end.problem.traceId && <p className="text-xs text-ink-soft">Trace id {end.problem.traceId}</p>}
          </Notice>
        )}
      </div>
    </div>
  );
}
