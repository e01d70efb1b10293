"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { problemIn, problemOf } from "@/lib/api/problem";
import { CHANNEL } from "./channel";

/** Why a sign-in was refused: the status, and seconds to wait where it said so. */
export interface Refusal {
  status: number;
  wait: number | null;
}

/** Refusals that are about what was typed; all others are about the platform. */
const THEIRS = new Set([401, 422, 429]);

/** What to say of it: the same whichever of the two was wrong. */
function sentence({ status, ...told }: Refusal): string {
  if (status === 429) {
    const wait = told.wait ?? 60;
    return `Too many attempts. Please wait ${wait >= 90 ? `${Math.ceil(wait / 60)} minutes` : `${wait} seconds`}, then try again.`;
  }
  if (status === 401) return "That user name and password do not belong together.";
  if (status === 422) return "A user name and a password are needed.";
  return "Sign-in is not possible right now. Nothing is wrong with your password; please try again.";
}

/**
 * User name and password. `done` is called when somebody has signed in; by default the page at `place` opens. Where no
 * script runs, or none yet, the browser sends the form by itself, and `refused` is what it was told then.
 */
export function LoginForm({
  place,
  refused = null,
  done,
}: {
  place: string;
  refused?: Refusal | null;
  done?: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(refused);
  const message = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (refusal) message.current?.focus();
  }, [refusal]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setRefusal(null);
    try {
      const answer = await fetch("/session/login", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: form.get("username"), password: form.get("password") }),
      });
      if (!answer.ok) throw problemIn(answer, await answer.json().catch(() => null));
      new BroadcastChannel(CHANNEL).postMessage("signed-in");
      if (done) done();
      else window.location.assign(place); // a whole page: nothing of who was here before stays
    } catch (error) {
      const { status, retryAfter } = problemOf(error);
      setRefusal({ status, wait: retryAfter });
      setBusy(false);
    }
  }

  return (
    <form method="post" action="/session/login" onSubmit={submit} className="space-y-4">
      <input type="hidden" name="next" value={place} />
      <div ref={message} tabIndex={-1} role="alert" className="outline-none">
        {refusal && <Notice kind={THEIRS.has(refusal.status) ? "bad" : "warn"}>{sentence(refusal)}</Notice>}
      </div>
      <div className="space-y-1.5">
        <label htmlFor="username" className="font-medium">
          User name
        </label>
        <Input
          id="username"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={255}
        />
      </div>
      <div className="space-y-1.5">
        <label htmlFor="password" className="font-medium">
          Password
        </label>
        <Input
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          maxLength={1024}
        />
      </div>
      <Button type="submit" look="primary" busy={busy} className="h-11 w-full justify-center sm:h-9">
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
