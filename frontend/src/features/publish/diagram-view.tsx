"use client";

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import { Maximize, Minus, Plus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { DIAGRAM } from "./diagram";
import { type Mark, marksOf, tokenAt } from "./marks";
import type { Account } from "./state";

interface Canvas {
  addMarker(element: string, marker: string): void;
  removeMarker(element: string, marker: string): void;
  zoom(level?: number | "fit-viewport", center?: "auto"): number;
  resized(): void;
}

interface Overlays {
  add(element: string, overlay: { position: { top: number; right: number }; html: HTMLElement }): string;
  remove(filter: { element: string }): void;
}

interface Services {
  canvas: Canvas;
  overlays: Overlays;
}

/** Lines and texts in the colours of the page, light or dark. */
const COLOURS = {
  defaultFillColor: "var(--surface)",
  defaultStrokeColor: "var(--ink-soft)",
  defaultLabelColor: "var(--ink)",
};

const LEGEND: Record<Mark, string> = {
  done: "done",
  running: "under way",
  stuck: "stuck",
  failed: "failed",
  undone: "undone",
};

/** The process, with what the publication has come to in it. The steps beside it say the same, and are to be trusted. */
export function DiagramView({ account }: { account: Account }) {
  const place = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<NavigatedViewer<Services> | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (!place.current) return;
    let left = false;
    const made = new NavigatedViewer<Services>({
      container: place.current,
      bpmnRenderer: COLOURS,
      zoomScroll: { enabled: false }, // the wheel scrolls the page
    });
    const canvas = made.get("canvas");
    const fitting = new ResizeObserver(() => {
      if (!place.current?.clientWidth) return;
      canvas.resized();
      canvas.zoom("fit-viewport", "auto");
    });
    made.importXML(DIAGRAM).then(
      () => {
        if (left || !place.current) return;
        fitting.observe(place.current);
        setViewer(made);
      },
      () => !left && setFailed(true),
    );
    return () => {
      left = true;
      fitting.disconnect();
      made.destroy();
      setViewer(null);
    };
  }, []);

  useEffect(() => {
    if (!viewer) return;
    const canvas = viewer.get("canvas");
    const overlays = viewer.get("overlays");
    const marks = marksOf(account);
    const token = tokenAt(account);
    for (const [element, mark] of marks) canvas.addMarker(element, `process-${mark}`);
    if (token) {
      const html = document.createElement("div");
      html.className = "process-token";
      overlays.add(token, { position: { top: -8, right: 8 }, html });
    }
    return () => {
      for (const [element, mark] of marks) canvas.removeMarker(element, `process-${mark}`);
      if (token) overlays.remove({ element: token });
    };
  }, [viewer, account]);

  const zoom = (factor: number) => {
    const canvas = viewer?.get("canvas");
    canvas?.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
  };

  if (failed) return <Notice kind="warn">The diagram cannot be drawn. The steps above say the same.</Notice>;
  return (
    <div className="rounded-lg border border-line bg-surface">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-3 py-1">
        <ul className="flex flex-wrap gap-x-4 text-xs text-ink-soft">
          {(Object.keys(LEGEND) as Mark[]).map((mark) => (
            <li key={mark} className="inline-flex items-center gap-1.5">
              <span aria-hidden className={`process-key process-key-${mark}`} />
              {LEGEND[mark]}
            </li>
          ))}
        </ul>
        <div className="flex gap-1">
          <Button look="quiet" size="icon" aria-label="Smaller" onClick={() => zoom(1 / 1.3)}>
            <Minus aria-hidden />
          </Button>
          <Button look="quiet" size="icon" aria-label="Larger" onClick={() => zoom(1.3)}>
            <Plus aria-hidden />
          </Button>
          <Button
            look="quiet"
            size="icon"
            aria-label="All of it"
            onClick={() => viewer?.get("canvas").zoom("fit-viewport", "auto")}
          >
            <Maximize aria-hidden />
          </Button>
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: no set of fields: a picture that has a link in it */}
      <div
        role="group"
        aria-label="Diagram of the publish process. The steps above say the same in words."
        ref={place}
        className="process h-72 sm:h-96"
      />
    </div>
  );
}
