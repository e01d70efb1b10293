"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { Search } from "@/components/ui/glyphs";
import { addressOf, changed, parametersOf, questionOf, STORE } from "./question";
import { QuestionForm } from "./question-form";

/** Searches for words, within what is filtered on the page of the search. */
export function SearchBox() {
  const pathname = usePathname();
  const parameters = useSearchParams();
  const question = questionOf(pathname === STORE ? parameters : []);
  return (
    <QuestionForm
      role="search"
      aria-label="Store"
      className="flex min-w-0 flex-1 sm:max-w-md"
      address={pathname === STORE ? addressOf(question) : pathname}
      kept={parametersOf(changed(question, { q: "" }))}
    >
      <label className="sr-only" htmlFor="store-words">
        Search the store
      </label>
      <input
        id="store-words"
        name="q"
        type="search"
        defaultValue={question.q}
        maxLength={200}
        placeholder="Search"
        autoComplete="off"
        enterKeyHint="search"
        className="h-9 w-full min-w-0 rounded-l-md border border-r-0 border-line-strong bg-surface px-2.5 placeholder:text-ink-soft"
      />
      <button
        type="submit"
        aria-label="Search"
        className="grid w-10 shrink-0 cursor-pointer place-items-center rounded-r-md border border-line-strong bg-sunken hover:bg-accent-soft"
      >
        <Search aria-hidden className="size-4" />
      </button>
    </QuestionForm>
  );
}
