"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { SIGNED_OUT } from "@/lib/api/browser";
import { CHANNEL } from "./channel";
import { LoginForm } from "./login-form";

/** When the session ends while somebody is at work, they sign in right here, and nothing they have typed is lost. */
export function SignInAgain() {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();

  useEffect(() => {
    const ended = () => setOpen(true);
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }) => {
      if (data === "signed-out") {
        sessionStorage.clear(); // drafts of forms are of who has left
        window.location.assign("/login");
      }
      if (data === "signed-in") setOpen(false);
    };
    window.addEventListener(SIGNED_OUT, ended);
    return () => {
      window.removeEventListener(SIGNED_OUT, ended);
      channel.close();
    };
  }, []);

  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Sign in again"
      description="Your session has ended. What you have typed is still here."
    >
      <LoginForm
        place=""
        done={() => {
          setOpen(false);
          client.invalidateQueries();
        }}
      />
    </Dialog>
  );
}
