import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { MultiSelect } from "./multi-select";
import type { Option, Source } from "./options";

const ALL: Option[] = [
  { id: "1", name: "Colour", detail: "colour" },
  { id: "2", name: "Storage", detail: "storage" },
  { id: "3", name: "Colour of the box", refused: "Deprecated: for nothing new." },
];

const search = vi.fn(async (text: string) =>
  ALL.filter((one) => one.name.toLowerCase().includes(text.toLowerCase())),
);
const source: Source = {
  entity: "characteristics",
  search,
  find: async (ids) => ALL.filter((one) => ids.includes(one.id)),
};
const chosen = vi.fn();
const open = vi.fn();

function Choice({ start, most }: { start: string[]; most?: number }) {
  const [value, setValue] = useState(start);
  return (
    <>
      <label htmlFor="choice">Characteristics</label>
      <MultiSelect
        control={{ id: "choice" }}
        label="Characteristics"
        source={source}
        value={value}
        {...(most ? { most } : {})}
        onChange={(ids) => {
          chosen(ids);
          setValue(ids);
        }}
        create={{ label: "New characteristic…", open }}
      />
    </>
  );
}

function show(start: string[] = [], most?: number) {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <form aria-label="form" onSubmit={() => chosen("sent")}>
        <Choice start={start} {...(most ? { most } : {})} />
        <button type="submit">Send</button>
      </form>
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), box: screen.getByRole("combobox", { name: "Characteristics" }) };
}

beforeEach(() => {
  chosen.mockReset();
  open.mockReset();
  search.mockClear();
});

describe("a choice of several", () => {
  it("is searched and chosen by keyboard, and Enter does not send the form", async () => {
    const { user, box } = show();
    await user.click(box);
    await user.keyboard("stor");
    await screen.findByRole("option", { name: /Storage/ });
    await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(1));
    await user.keyboard("{Enter}");
    expect(chosen.mock.calls).toEqual([[["2"]]]);
    expect(await screen.findByRole("button", { name: "Remove Storage" })).toBeDefined();
    await user.keyboard("{Escape}{Enter}");
    expect(chosen).toHaveBeenCalledTimes(1);
  });

  it("asks the platform for what is typed, once for a word", async () => {
    const { user, box } = show();
    await user.click(box);
    await screen.findAllByRole("option");
    await user.keyboard("colour");
    await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(2));
    expect(search.mock.calls).toEqual([[""], ["colour"]]);
  });

  it("keeps what is chosen when Escape is pressed", async () => {
    const { user, box } = show(["1", "2"]);
    await screen.findByRole("button", { name: "Remove Colour" });
    await user.click(box);
    await user.keyboard("{Escape}{Escape}{Escape}");
    expect(chosen).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: "Remove Storage" })).toBeDefined();
  });

  it("gives the last one back by Backspace, and any by its button", async () => {
    const { user, box } = show(["1", "2"]);
    await screen.findByRole("button", { name: "Remove Colour" });
    await user.click(box);
    await user.keyboard("{Backspace}");
    expect(chosen).toHaveBeenLastCalledWith(["1"]);
    await user.keyboard("{Escape}");
    await user.click(await screen.findByRole("button", { name: "Remove Colour" }));
    expect(chosen).toHaveBeenLastCalledWith([]);
  });

  it("refuses what is not for new things, and says why", async () => {
    const { user, box } = show();
    await user.click(box);
    const refused = await screen.findByRole("option", { name: /Colour of the box/ });
    expect(refused.getAttribute("aria-disabled")).toBe("true");
    expect(refused.textContent).toContain("Deprecated: for nothing new.");
    await user.click(refused);
    expect(chosen).not.toHaveBeenCalled();
  });

  it("opens the form for something new with what was searched for", async () => {
    const { user, box } = show();
    await user.click(box);
    await user.keyboard("Weight");
    await user.tab();
    await user.keyboard("{Enter}");
    expect(open).toHaveBeenCalledWith("Weight");
    expect(screen.queryByRole("listbox")).toBeNull();
  });
});

describe("a choice of one", () => {
  it("is replaced by another one", async () => {
    const { user, box } = show(["1"], 1);
    await screen.findByRole("button", { name: "Remove Colour" });
    await user.click(box);
    await user.click(await screen.findByRole("option", { name: /Storage/ }));
    expect(chosen).toHaveBeenLastCalledWith(["2"]);
  });
});
