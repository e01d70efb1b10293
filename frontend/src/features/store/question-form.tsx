"use client";

import { useRouter } from "next/navigation";
import { type ComponentProps, type ReactNode, useEffect, useRef, useTransition } from "react";
import { usePending } from "./pending";
import { addressOf, type Pair, questionOf, STORE } from "./question";

interface QuestionFormProps extends Omit<ComponentProps<"form">, "action" | "method" | "onSubmit" | "ref"> {
  /** The address of the page. */
  address: string;
  /** What is asked besides what the form has fields for. */
  kept: readonly Pair[];
  /** Whether each change is a search of its own; a text is changed when its field is left. */
  eager?: boolean;
  children: ReactNode;
}

/** A form that asks the store: plain HTML, which JavaScript only makes quicker. */
export function QuestionForm({ address, kept, eager = false, children, ...rest }: QuestionFormProps) {
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const [pending, start] = useTransition();
  const wanted = useRef(address);
  usePending(pending);

  // What the fields show is what the address says, also after Back; what is being typed just now stays.
  useEffect(() => {
    wanted.current = address;
    const busy = document.activeElement;
    const typing =
      busy instanceof HTMLInputElement && busy.form === form.current && busy.type !== "checkbox"
        ? busy
        : null;
    const typed = typing?.value ?? "";
    form.current?.reset();
    if (typing) typing.value = typed;
  }, [address]);

  function ask(fields: HTMLFormElement) {
    const pairs = [...new FormData(fields)].map(([name, value]) => [name, String(value)] as const);
    const next = addressOf(questionOf(pairs));
    if (next === wanted.current) return;
    wanted.current = next;
    start(() => router.push(next, { scroll: !eager }));
  }

  useEffect(() => {
    const fields = form.current;
    if (!eager || !fields) return;
    const changed = () => fields.requestSubmit(); // not React's `onChange`, which is each letter
    fields.addEventListener("change", changed);
    return () => fields.removeEventListener("change", changed);
  }, [eager]);

  return (
    <form
      {...rest}
      ref={form}
      action={STORE}
      method="get"
      onSubmit={(event) => {
        event.preventDefault();
        ask(event.currentTarget);
      }}
    >
      {kept.map(([name, value]) => (
        <input key={`${name}=${value}`} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  );
}
