"use client";

import { useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { CHANNEL } from "@/features/session/channel";
import { mayLeave } from "./leaving";

/** Who is here, and the way out: of the session at the issuer, of all tabs, and of what this browser remembers. */
export function Account({ name }: { name: string }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  async function leave() {
    if (!mayLeave()) return;
    setBusy(true);
    const answer = await fetch("/session/logout", { method: "POST" }).catch(() => null);
    if (!answer?.ok) {
      setBusy(false);
      toast.error("You are still signed in: the server cannot be reached.");
      return;
    }
    client.clear();
    sessionStorage.clear(); // drafts of forms are of who has left
    new BroadcastChannel(CHANNEL).postMessage("signed-out");
    window.location.replace("/login");
  }

  return (
    <div className="flex items-center gap-1">
      <span className="hidden max-w-40 truncate text-ink-soft sm:inline">{name}</span>
      <Button
        look="quiet"
        size="icon"
        aria-label={`Sign out ${name}`}
        title="Sign out"
        busy={busy}
        onClick={leave}
      >
        <LogOut aria-hidden />
      </Button>
    </div>
  );
}
