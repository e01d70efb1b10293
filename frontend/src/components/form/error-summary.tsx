"use client";

import { type RefObject, useId } from "react";
import { useFormState } from "react-hook-form";
import { Notice } from "@/components/ui/notice";
import { fieldId, focusField, useKit } from "./kit";
import { messageAt } from "./pointers";

/** Why a form was not saved. */
export interface Refusal {
  /** What is about no field: said in a sentence. */
  sentences: readonly string[];
  /** What is about fields, in the order of the page. */
  fields: readonly { name: string; label: string }[];
  traceId: string;
  /** Nobody could be asked, so trying again may do. */
  unreachable: boolean;
}

/**
 * All that is in the way, with links to the fields. It is there when more than one thing is wrong, or something
 * that is about no field; what has been mended goes from it.
 */
export function ErrorSummary({
  refusal,
  place,
}: {
  refusal: Refusal | null;
  place: RefObject<HTMLElement | null>;
}) {
  const { id } = useKit();
  const { errors } = useFormState();
  const heading = useId();
  const fields = (refusal?.fields ?? []).flatMap(({ name, label }) => {
    const message = messageAt(errors, name, true);
    return message ? [{ name, label, message }] : [];
  });
  const sentences = refusal?.sentences ?? [];
  const many = fields.length + sentences.length;
  const shown =
    refusal !== null && (sentences.length > 0 || (fields.length > 0 && refusal.fields.length > 1));
  return (
    <div role="alert" className="contents">
      {shown && (
        <section ref={place} tabIndex={-1} aria-labelledby={heading} className="mb-4 rounded-lg">
          <Notice
            kind={refusal.unreachable ? "warn" : "bad"}
            title={
              <span id={heading}>
                {refusal.unreachable
                  ? "Not saved: nobody could be reached"
                  : many > 1
                    ? `Not saved: ${many} things are in the way`
                    : "Not saved"}
              </span>
            }
          >
            {sentences.map((one) => (
              <p key={one}>{one}</p>
            ))}
            {fields.length > 0 && (
              <ul className="list-disc space-y-0.5 pl-4">
                {fields.map(({ name, label, message }) => (
                  <li key={name}>
                    <a
                      href={`#${fieldId(id, name)}`}
                      className="underline underline-offset-2"
                      onClick={(event) => {
                        event.preventDefault();
                        focusField(id, name);
                      }}
                    >
                      {label}
                    </a>
                    : {message}
                  </li>
                ))}
              </ul>
            )}
            {refusal.traceId && sentences.length > 0 && (
              <p className="text-xs">
                Trace id <code className="font-mono break-all select-all">{refusal.traceId}</code>
              </p>
            )}
          </Notice>
        </section>
      )}
    </div>
  );
}
