"use client";

import dynamic from "next/dynamic";
import { type FormEvent, type ReactNode, useEffect } from "react";
import { type FieldValues, FormProvider } from "react-hook-form";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { ENTITIES } from "@/features/entities";
import { ErrorSummary } from "./error-summary";
import { KitProvider } from "./kit";
import { differences } from "./merge";
import { useSheet } from "./sheet";
import { SubmitBar } from "./submit-bar";
import type { EntityForm, Versioned } from "./use-entity-form";
import { useWantedField } from "./wanted";

/** Two rarely change the same thing: what is for that is loaded when it happens. */
const Conflict = dynamic(() => import("./conflict").then((all) => all.Conflict));

const NO_NOTES: ReadonlyMap<string, string> = new Map();

/** A form of the builder around its sections: what is in the way, what was kept, what clashes, and the bar that saves. */
export function EntityFormView<View extends Versioned, Values extends FieldValues, Body>({
  entity,
  children,
  aside,
  actions,
  locked,
  notes = NO_NOTES,
}: {
  entity: EntityForm<View, Values, Body>;
  children: ReactNode;
  /** Beside the form where there is room, else below it. */
  aside?: ReactNode;
  /** More buttons in the bar that saves. */
  actions?: ReactNode;
  /** Why nothing can be changed now, whoever wants to. */
  locked?: ReactNode;
  notes?: ReadonlyMap<string, string>;
}) {
  const { id, kind, form, base, clash } = entity;
  const noun = ENTITIES[kind.entity].one;
  const sheet = useSheet();
  const author = useMay("author");
  const readOnly = !author || locked !== undefined;
  useWantedField(id);

  useEffect(() => {
    if (sheet) sheet.current = entity.dirty;
  }, [sheet, entity.dirty]);

  function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation(); // of a form in front of another one the other hears nothing
    if (!readOnly) void entity.submit();
  }

  const body = (
    <>
      <ErrorSummary refusal={entity.refusal} place={entity.summary} />
      {children}
    </>
  );
  return (
    <FormProvider {...form}>
      <KitProvider value={{ id, readOnly, notes }}>
        <div className="space-y-4">
          {!author && (
            <Notice title="You may read this, and not change it">
              <p>Changing it needs the role author.</p>
            </Notice>
          )}
          {locked}
          {entity.restored && !clash && (
            <Notice role="status" title="What you had typed is back">
              <p>It was not saved when this page was left.</p>
              <Button size="sm" onClick={entity.discard}>
                Discard it
              </Button>
            </Notice>
          )}
          {entity.overtaken && (
            <Notice
              kind="warn"
              role="status"
              title={`${entity.overtaken.modifiedBy} has saved a newer version meanwhile`}
            >
              <p>What you have typed is still here, and is compared with it before anything is saved.</p>
              <Button size="sm" onClick={entity.compare}>
                Compare now
              </Button>
            </Notice>
          )}
          {clash && (
            <Conflict
              key={clash.theirs.version}
              who={clash.theirs.modifiedBy}
              when={clash.theirs.modifiedAt}
              found={differences(clash.before, clash.mine, kind.values(clash.theirs))}
              wording={kind.wording}
              onSettle={entity.settle}
              onTheirs={() => entity.settle(null)}
            />
          )}
          <form noValidate onSubmit={submit} hidden={clash !== null} aria-label={noun}>
            {aside && !sheet ? (
              <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
                <div className="min-w-0 space-y-4">{body}</div>
                <div className="min-w-0 space-y-4">{aside}</div>
              </div>
            ) : (
              <div className="min-w-0 max-w-4xl space-y-4">{body}</div>
            )}
            {!readOnly && (
              <div className={sheet ? "mt-4" : "roomy:sticky bottom-0 z-20 mt-4"}>
                <SubmitBar
                  version={base?.version ?? null}
                  dirty={entity.dirty}
                  saving={entity.saving}
                  sticky={!sheet}
                  label={base ? "Save changes" : `Create ${noun}`}
                >
                  {actions}
                </SubmitBar>
              </div>
            )}
          </form>
        </div>
      </KitProvider>
    </FormProvider>
  );
}
