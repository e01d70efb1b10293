"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useUnsaved } from "@/components/shell/leaving";
import { type Problem, problemOf } from "@/lib/api/problem";
import { gateway } from "./gateway";
import type { Entry } from "./report";
import { LARGEST, type Read, readRows } from "./rows";
import { type Publish, run } from "./run";
import type { Shapes } from "./shape";

/** Milliseconds between two looks at what is done: a page that is drawn for every row is slow. */
const DRAWN = 200;

const SAMPLE = "telecom.ndjson";

/** A file whose rows were found, or why they were not. */
export interface Chosen {
  name: string;
  read: Read | null;
  problem: string | null;
}

/** A dry run or an import: what it has come to, and how it ended. */
export interface Work {
  dry: boolean;
  publish: Publish;
  total: number;
  entries: readonly Entry[];
  end:
    | null
    | { kind: "done"; seconds: number }
    | { kind: "cancelled" }
    | { kind: "broken"; problem: Problem };
}

export interface Importing {
  chosen: Chosen | null;
  reading: boolean;
  work: Work | null;
  running: boolean;
  choose: (file: File, publish: Publish) => void;
  /** Choose the sample catalogue that comes with the application. */
  chooseSample: (publish: Publish) => void;
  begin: (dry: boolean, publish: Publish) => void;
  cancel: () => void;
}

/** One file at a time: read, judged, imported. Leaving the page ends what is under way, and is asked for. */
export function useImport(shapes: Shapes): Importing {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [reading, setReading] = useState(false);
  const [work, setWork] = useState<Work | null>(null);
  const control = useRef<AbortController>(undefined);
  const running = work !== null && work.end === null;
  const cancel = () => control.current?.abort();

  useUnsaved(running && !work.dry, cancel);
  useEffect(() => () => control.current?.abort(), []);

  async function choose(file: File, publish: Publish) {
    cancel();
    setWork(null);
    setChosen({ name: file.name, read: null, problem: null });
    if (file.size > LARGEST) {
      const problem = `A file has at most ${LARGEST / 1024 / 1024} MB here. The command line takes any: catalog import.`;
      setChosen({ name: file.name, read: null, problem });
      return;
    }
    setReading(true);
    try {
      const read = await readRows(file.stream());
      const empty = read.rows.length + read.faults.length === 0;
      setChosen({ name: file.name, read, problem: empty ? "This file is empty." : null });
      if (!empty) void carryOut(read, true, publish);
    } catch {
      setChosen({ name: file.name, read: null, problem: "This file cannot be read." });
    }
    setReading(false);
  }

  async function chooseSample(publish: Publish) {
    setReading(true);
    try {
      const answer = await fetch(`/samples/${SAMPLE}`, { signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(`The sample was answered with ${answer.status}`);
      await choose(new File([await answer.blob()], SAMPLE), publish);
    } catch {
      setChosen({ name: SAMPLE, read: null, problem: "The sample cannot be fetched right now." });
      setReading(false);
    }
  }

  async function carryOut(read: Read, dry: boolean, publish: Publish) {
    const mine = new AbortController();
    control.current = mine;
    const { signal } = mine;
    const begin = Date.now();
    const entries: Entry[] = [];
    const total = read.rows.length + read.faults.length;
    let end: Work["end"] = null;
    const draw = () => {
      if (control.current === mine) setWork({ dry, publish, total, entries: [...entries], end });
    };
    draw();
    const timer = setInterval(draw, DRAWN);
    try {
      const tell = (entry: Entry) => entries.push(entry);
      await run({ read, shapes, catalogue: gateway(signal), publish, dry, signal, tell });
      end = { kind: "done", seconds: (Date.now() - begin) / 1000 };
    } catch (thrown) {
      end = signal.aborted ? { kind: "cancelled" } : { kind: "broken", problem: problemOf(thrown) };
    }
    clearInterval(timer);
    draw();
    if (!dry) void client.invalidateQueries();
  }

  return {
    chosen,
    reading,
    work,
    running,
    choose: (file, publish) => void choose(file, publish),
    chooseSample: (publish) => void chooseSample(publish),
    begin: (dry, publish) => {
      if (chosen?.read && !running) void carryOut(chosen.read, dry, publish);
    },
    cancel,
  };
}
