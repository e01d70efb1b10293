"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { type Problem, problemIn, problemOf } from "@/lib/api/problem";
import { CHANNEL } from "./channel";

/** What to say of a sign-in that was refused: the same whichever of the two was wrong. */
function sentence(problem: Problem): string {
  if (problem.status === 429) {
    const wait = problem.retryAfter ?? 60;
    return `Too many attempts. Please wait ${wait >= 90 ? `${Math.ceil(wait / 60)} minutes` : `${wait} seconds`}, then try again.`;
  }
  if (problem.status === 401) return "That user name and password do not belong together.";
  if (problem.unreachable)
    return "Sign-in is not possible right now. Nothing is wrong with your password; please try again.";
  return problem.message;
}

/** User name and password. `done` is called when somebody has signed in; by default the page at `place` opens. */
export function LoginForm({ place, done }: { place: string; done?: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const message = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (problem) message.current?.focus();
  }, [problem]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
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
      setProblem(problemOf(error));
      setBusy(false);
    }
  }

  return (
    <form method="post" onSubmit={submit} className="space-y-4">
      <div ref={message} tabIndex={-1} role="alert" className="outline-none">
        {problem && <Notice kind={problem.unreachable ? "warn" : "bad"}>{sentence(problem)}</Notice>}
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
