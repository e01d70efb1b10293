"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type Action, Actions } from "@/components/form/actions";
import { Panel } from "@/components/form/kit";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Notice } from "@/components/ui/notice";
import { api, got, ifMatch } from "@/lib/api/browser";
import { formatDateTime } from "@/lib/dates";
import type { OfferingView } from "./schema";

/** How often it is asked whether a publication is over: meanwhile nothing can be changed. */
const WATCH = 3_000;

export function lockOf(view: OfferingView) {
  if (view.status === "PUBLISHING") {
    return (
      <Notice kind="info" role="status" title="This offering is being published">
        <p>Until that is done nothing can be changed. This page follows by itself.</p>
        <Link
          className="inline-block py-0.5 underline underline-offset-2"
          href={`/publish/${view.publicationId}`}
        >
          See how far it is
        </Link>
      </Notice>
    );
  }
  if (view.status === "RETIRED") {
    return (
      <Notice kind="warn" title="This offering is retired">
        <p>It is sold no more, and is not changed any more. Duplicate it to sell something like it.</p>
      </Notice>
    );
  }
  return undefined;
}

/** Whether shoppers see what is edited, and why the last publication was rejected, if it was. */
export function WhatIsEdited({ view }: { view: OfferingView }) {
  const { failure } = view;
  return (
    <>
      {failure && (
        <Notice kind="bad" title="The last publication was rejected">
          <p>{failure.message}</p>
          <Link
            className="inline-block py-0.5 underline underline-offset-2"
            href={`/publish/${failure.publicationId}`}
          >
            What happened
          </Link>
        </Notice>
      )}
      {view.live && view.status === "PUBLISHED" && (
        <Notice
          title={
            view.draft
              ? "You edit the draft of a change"
              : "You see what is live; a change opens a draft beside it"
          }
        >
          <p>
            Shoppers see what was published
            {view.publishedAt && ` on ${formatDateTime(view.publishedAt)}`} until{" "}
            {view.draft ? "this draft" : "the draft"} is published.
          </p>
        </Notice>
      )}
    </>
  );
}

export function LifeCycle({ view, dirty }: { view: OfferingView; dirty: boolean }) {
  const router = useRouter();
  const client = useQueryClient();
  const publisher = useMay("publisher");
  const path = { id: view.id };
  const header = { "if-match": ifMatch(view.version) };
  const unsaved = dirty ? "Save or discard your changes first." : undefined;
  const busy = view.status === "PUBLISHING";

  useQuery({
    queryKey: ["watch", view.id],
    queryFn: () =>
      client.refetchQueries({ queryKey: ["offerings", "one", view.id], exact: true }).then(() => null),
    enabled: busy,
    refetchInterval: WATCH,
  });

  const actions: Action[] = [];
  if (view.draft && view.live && !busy) {
    actions.push({
      label: "Discard the draft",
      danger: true,
      question: "The draft is gone for good. What is live stays as it is.",
      refused: unsaved,
      run: async () => {
        await got(api.DELETE("/api/offerings/{id}/draft", { params: { path, header } }));
      },
    });
  }
  if (view.status === "PUBLISHED") {
    actions.push({
      label: "Retire",
      danger: true,
      question: "Shoppers cannot buy it any more, and a draft beside it goes, too. It cannot be undone.",
      refused: publisher ? unsaved : "Retiring needs the role publisher.",
      run: async (key) => {
        await got(
          api.POST("/api/offerings/{id}/retire", {
            params: { path, header: { ...header, "Idempotency-Key": key } },
          }),
        );
      },
    });
  }
  if (view.status === "DRAFT") {
    actions.push({
      label: "Delete",
      danger: true,
      question: "The draft is gone for good. It was never on sale.",
      refused: unsaved,
      run: async () => {
        await api.DELETE("/api/offerings/{id}", { params: { path, header } });
        router.replace("/builder");
      },
    });
  }
  if (!actions.length) return null;
  return (
    <Panel title="Life cycle">
      <Actions entity="offerings" actions={actions} />
    </Panel>
  );
}
