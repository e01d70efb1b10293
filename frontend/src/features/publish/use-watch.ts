"use client";

import { useEffect, useReducer, useState } from "react";
import { api } from "@/lib/api/browser";
import { problemIn } from "@/lib/api/problem";
import { messages } from "./events";
import { type Account, BEGIN, isTold, reduce, type WatchEvent, type Watched } from "./state";
import { type Source, watch } from "./watch";

/** Longer than the platform is ever silent while it streams. */
const PATIENCE = 25_000;

export interface Watching extends Watched {
  /** What was answered to something that was done with the publication from here. */
  heard: (account: Account) => void;
  /** Look again after it was refused. */
  again: () => void;
}

/** Follow a publication as long as somebody looks at this page: nothing is asked while the tab is hidden. */
export function useWatch(id: string): Watching {
  const [watched, tell] = useReducer(reduce, BEGIN);
  const [round, setRound] = useState(0);
  const told = isTold(watched.account);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another look
  useEffect(() => {
    if (told) return;
    let control: AbortController | null = null;
    const follow = () => {
      if (document.hidden) {
        control?.abort();
        control = null;
      } else if (!control) {
        control = new AbortController();
        tell({ type: "looking" });
        void watch(sourceOf(id, tell), tell, control.signal);
      }
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      control?.abort();
      document.removeEventListener("visibilitychange", follow);
    };
  }, [id, told, round]);

  return {
    ...watched,
    heard: (account) => tell({ type: "seen", account }),
    again: () => setRound((before) => before + 1),
  };
}

function sourceOf(id: string, tell: (event: WatchEvent) => void): Source {
  /** The clock of whoever answered; seconds are all that it tells. */
  const compare = ({ headers }: Response) => {
    const there = Date.parse(headers.get("date") ?? "");
    if (!Number.isNaN(there)) tell({ type: "clock", ahead: there + 500 - Date.now() });
  };
  return {
    async *stream(signal) {
      const response = await fetch(`/bff/api/publications/${id}/events`, {
        headers: { accept: "text/event-stream" },
        signal,
      });
      if (!response.ok || !response.body) throw problemIn(response, null);
      compare(response);
      for await (const { event, data } of messages(response.body, PATIENCE)) {
        if (event === "publication") yield JSON.parse(data) as Account;
      }
    },
    async read(signal) {
      const { data, response } = await api.GET("/api/publications/{id}", {
        params: { path: { id } },
        signal,
      });
      compare(response);
      return data as Account;
    },
  };
}
