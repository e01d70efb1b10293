"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, got, UNREACHABLE } from "@/lib/api/browser";
import { problemOf } from "@/lib/api/problem";

/** Says that the platform cannot be reached, and takes it back by itself. */
export function Unreachable() {
  const [suspect, setSuspect] = useState(false);
  const probe = useQuery({
    queryKey: ["reachable"],
    queryFn: () => got(api.GET("/api/whoami")),
    enabled: suspect,
    retry: false,
    refetchInterval: 3_000,
  });
  const away = suspect && (probe.isPending || (probe.isError && problemOf(probe.error).unreachable));

  useEffect(() => {
    const noticed = () => setSuspect(true);
    window.addEventListener(UNREACHABLE, noticed);
    window.addEventListener("offline", noticed);
    return () => {
      window.removeEventListener(UNREACHABLE, noticed);
      window.removeEventListener("offline", noticed);
    };
  }, []);

  useEffect(() => {
    if (suspect && probe.isFetched && !away) setSuspect(false);
  }, [suspect, probe.isFetched, away]);

  return (
    <div role="status" aria-live="polite">
      {away && (
        <p className="bg-warn-soft px-4 py-1.5 text-center text-warn">
          The platform cannot be reached right now. Nothing is lost; this goes away when it is back.
        </p>
      )}
    </div>
  );
}
