"use client";

import { Fault } from "@/components/shell/fault";
import "./globals.css";

/** Stands in for the whole document when even its frame cannot be made. */
export default function GlobalError(fault: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>This page cannot be shown</title>
        <main>
          <Fault {...fault} />
        </main>
      </body>
    </html>
  );
}
