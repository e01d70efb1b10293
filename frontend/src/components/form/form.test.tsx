import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { hasUnsaved, mayLeave } from "@/components/shell/leaving";
import { RolesProvider } from "@/components/shell/roles";
import { Problem } from "@/lib/api/problem";
import { EntityFormView } from "./entity-form";
import { NumberField, TextField } from "./inputs";
import { type Kind, useEntityForm, type Versioned } from "./use-entity-form";

interface View extends Versioned {
  name: string;
  code: string;
  amount: string;
}
type Values = Pick<View, "name" | "code" | "amount">;

const schema = z.object({
  name: z.string().min(1, "A name is needed."),
  code: z.string().max(3, "A code has 3 letters at most."),
  amount: z.string(),
});

const view = (more: Partial<View> = {}): View => ({
  id: "1",
  key: "one",
  version: 1,
  modifiedAt: "2026-11-27T18:00:00Z",
  modifiedBy: "Ada",
  name: "One",
  code: "",
  amount: "",
  ...more,
});

const create = vi.fn<Kind<View, Values, Values>["create"]>();
const revise = vi.fn<Kind<View, Values, Values>["revise"]>();
const read = vi.fn<Kind<View, Values, Values>["read"]>();
const onSaved = vi.fn();

const kind: Kind<View, Values, Values> = {
  entity: "prices",
  nameOf: (one) => one.name,
  values: ({ name, code, amount }) => ({ name, code, amount }),
  create,
  revise,
  read,
  wording: { label: (name) => name },
};

function Form({ saved }: { saved: View | null }) {
  const entity = useEntityForm({
    kind,
    schema,
    view: saved,
    initial: saved ? kind.values(saved) : { name: "", code: "", amount: "" },
    address: "/builder/prices/new",
    onSaved,
  });
  return (
    <EntityFormView entity={entity}>
      <TextField name="name" label="Name" required hint="What people call it." />
      <TextField name="code" label="Code" />
      <NumberField name="amount" label="Amount" currency="EUR" />
    </EntityFormView>
  );
}

function show(saved: View | null = null, roles = ["author"]) {
  const client = new QueryClient();
  const page = (now: View | null) => (
    <QueryClientProvider client={client}>
      <RolesProvider roles={roles}>
        <Form saved={now} />
      </RolesProvider>
    </QueryClientProvider>
  );
  const { rerender, unmount } = render(page(saved));
  return { user: userEvent.setup(), unmount, follow: (now: View) => rerender(page(now)) };
}

const field = (name: string) => screen.getByRole("textbox", { name }) as HTMLInputElement;
const save = () => screen.getByRole("button", { name: /create price|save changes/i });
const problem = (status: number, more: Partial<ConstructorParameters<typeof Problem>[0]> = {}) =>
  new Problem({ status, code: "invalid", detail: "It is refused.", traceId: "trace-1", ...more });

beforeEach(() => {
  sessionStorage.clear();
  for (const one of [create, revise, read, onSaved]) one.mockReset();
  create.mockImplementation(async (body) => view(body));
  revise.mockImplementation(async (_, version, body) => view({ ...body, version: version + 1 }));
});

afterEach(() => vi.unstubAllGlobals());

describe("what is wrong", () => {
  it("is said at the one field, which gets the focus", async () => {
    const { user } = show();
    await user.click(save());
    await waitFor(() => expect(document.activeElement).toBe(field("Name")));
    expect(field("Name").getAttribute("aria-invalid")).toBe("true");
    const described = field("Name").getAttribute("aria-describedby")?.split(" ") ?? [];
    expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual([
      "What people call it.",
      "A name is needed.",
    ]);
    expect(screen.queryByText(/not saved:/i)).toBeNull();
    expect(create).not.toHaveBeenCalled();
  });

  it("is listed when it is more, with links to the fields, and goes from the list when it is mended", async () => {
    const { user } = show();
    await user.type(field("Code"), "abcd");
    await user.click(save());
    const summary = await screen.findByRole("region", { name: "Not saved: 2 things are in the way" });
    expect(document.activeElement).toBe(summary);
    await user.click(within(summary).getByRole("link", { name: "Code" }));
    expect(document.activeElement).toBe(field("Code"));
    await user.type(field("Code"), "{Backspace}");
    await waitFor(() => expect(within(summary).queryByRole("link", { name: "Code" })).toBeNull());
    expect(within(summary).getByRole("link", { name: "Name" })).toBeDefined();
  });

  it("in the platform's eyes lands on its field, and the rest is said with the trace id", async () => {
    create.mockRejectedValueOnce(
      problem(400, {
        errors: [
          { code: "taken", pointer: "/code", message: "This code is taken." },
          { code: "odd", pointer: "/elsewhere/0", message: "Something else is wrong." },
        ],
      }),
    );
    const { user } = show();
    await user.type(field("Name"), "One");
    await user.click(save());
    const summary = await screen.findByRole("region", { name: /2 things/ });
    expect(summary.textContent).toContain("Something else is wrong.");
    expect(summary.textContent).toContain("trace-1");
    expect(field("Code").getAttribute("aria-invalid")).toBe("true");
    await user.type(field("Code"), "x");
    await waitFor(() => expect(field("Code").getAttribute("aria-invalid")).toBeNull());
  });
});

describe("saving", () => {
  it("happens once, however often it is clicked, and nothing is unsaved then", async () => {
    let answer: (saved: View) => void = () => undefined;
    create.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    const { user } = show();
    await user.type(field("Name"), "One");
    expect(screen.getByText("Not saved yet")).toBeDefined();
    expect(hasUnsaved()).toBe(true);
    await user.dblClick(save());
    expect(create).toHaveBeenCalledTimes(1);
    const button = screen.getByRole("button", { name: "Saving…" }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    await act(async () => answer(view()));
    expect(await screen.findByText("Saved, version 1")).toBeDefined();
    expect(onSaved).toHaveBeenCalledTimes(1);
    expect(hasUnsaved()).toBe(false);
  });

  it("is tried again under the same key when nobody has answered, with all that was typed", async () => {
    create.mockRejectedValueOnce(problem(0, { code: "unreachable", detail: "" }));
    const { user } = show();
    await user.type(field("Name"), "One");
    await user.click(save());
    const summary = await screen.findByRole("region", { name: /nobody could be reached/ });
    expect(summary.textContent).toContain("still here");
    expect(field("Name").value).toBe("One");
    await user.click(save());
    await screen.findByText("Saved, version 1");
    expect(create.mock.calls[0]?.[1]).toMatch(/^[0-9a-f]{32}$/);
    expect(create.mock.calls[1]?.[1]).toBe(create.mock.calls[0]?.[1]);
  });

  it("makes one thing of a request that was done unheard and a later one that says more", async () => {
    create.mockRejectedValueOnce(problem(504)).mockImplementation(async (body) => {
      if (body.name !== "One") throw problem(422, { code: "idempotency_key_reused" });
      return view(body);
    });
    const { user } = show();
    await user.type(field("Name"), "One");
    await user.click(save());
    await screen.findByRole("region", { name: /nobody could be reached/ });
    await user.type(field("Name"), " more");
    await user.click(save());
    await screen.findByText("Saved, version 2");
    expect(revise).toHaveBeenCalledWith("1", 1, { name: "One more", code: "", amount: "" });
  });

  it("keeps what is typed while it goes on", async () => {
    let answer: (saved: View) => void = () => undefined;
    revise.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    const { user } = show(view());
    await user.type(field("Name"), " two");
    await user.click(save());
    await user.type(field("Code"), "abc");
    await act(async () => answer(view({ name: "One two", version: 2 })));
    expect(field("Code").value).toBe("abc");
    expect(screen.getByText("Changes not saved yet")).toBeDefined();
  });

  it("is not offered to readers", () => {
    show(view(), ["reader"]);
    expect(field("Name").readOnly).toBe(true);
    expect(screen.queryByRole("button", { name: "Save changes" })).toBeNull();
    expect(screen.getByText("Changing it needs the role author.")).toBeDefined();
  });
});

describe("two at work", () => {
  const theirs = view({ version: 2, code: "new", name: "Theirs", modifiedBy: "Grace" });

  it("are compared field by field, and what is kept is saved on the newer version", async () => {
    revise.mockRejectedValueOnce(problem(412, { code: "stale" }));
    read.mockResolvedValue(theirs);
    const { user } = show(view());
    await user.type(field("Name"), " of mine");
    await user.click(save());
    const screenOfBoth = await screen.findByRole("region", { name: "Grace has changed this meanwhile" });
    expect(screenOfBoth.textContent).toContain("both have changed it");
    expect(screenOfBoth.textContent).toContain("only Grace has changed it");
    await user.click(screen.getByRole("button", { name: "Go on with what is chosen" }));
    expect([field("Name").value, field("Code").value]).toEqual(["One of mine", "new"]);
    await user.click(save());
    await screen.findByText("Saved, version 3");
    expect(revise).toHaveBeenLastCalledWith("1", 2, { name: "One of mine", code: "new", amount: "" });
  });

  it("can end with theirs alone", async () => {
    revise.mockRejectedValueOnce(problem(412, { code: "stale" }));
    read.mockResolvedValue(theirs);
    const { user } = show(view());
    await user.type(field("Name"), " of mine");
    await user.click(save());
    await user.click(await screen.findByRole("button", { name: /take theirs/i }));
    expect(field("Name").value).toBe("Theirs");
    expect(screen.getByText("Saved, version 2")).toBeDefined();
    expect(hasUnsaved()).toBe(false);
  });

  it("is told while it goes on, and followed when nothing is typed", async () => {
    const { user, follow } = show(view());
    follow(view({ version: 2, name: "Two" }));
    await waitFor(() => expect(field("Name").value).toBe("Two"));
    await user.type(field("Name"), "!");
    follow(view({ version: 3, name: "Three", modifiedBy: "Grace" }));
    expect(await screen.findByText("Grace has saved a newer version meanwhile")).toBeDefined();
    expect(field("Name").value).toBe("Two!");
  });
});

describe("what is typed and not saved", () => {
  it("comes back after a page load, and can be discarded", async () => {
    const first = show();
    await first.user.type(field("Name"), "One");
    first.unmount();
    const { user } = show();
    expect(await screen.findByText("What you had typed is back")).toBeDefined();
    expect(field("Name").value).toBe("One");
    expect(hasUnsaved()).toBe(true);
    await user.click(screen.getByRole("button", { name: "Discard it" }));
    expect(field("Name").value).toBe("");
    expect(hasUnsaved()).toBe(false);
  });

  it("is compared when somebody has saved a newer version meanwhile", async () => {
    const first = show(view());
    await first.user.type(field("Name"), " of mine");
    first.unmount();
    show(view({ version: 2, name: "Theirs", modifiedBy: "Grace" }));
    expect(await screen.findByRole("region", { name: "Grace has changed this meanwhile" })).toBeDefined();
  });

  it("is gone when it is left behind on purpose, or saved", async () => {
    const first = show();
    await first.user.type(field("Name"), "One");
    vi.stubGlobal("confirm", vi.fn().mockReturnValueOnce(false).mockReturnValueOnce(true));
    expect(mayLeave()).toBe(false);
    expect(sessionStorage.length).toBe(1);
    expect(mayLeave()).toBe(true);
    expect(sessionStorage.length).toBe(0);
    first.unmount();

    const { user } = show();
    await user.type(field("Name"), "Two");
    await user.click(save());
    await screen.findByText("Saved, version 1");
    expect(Object.keys(sessionStorage)).toEqual([]);
  });
});

describe("an amount", () => {
  it("is typed in the language of the reader, and sent as exact text", async () => {
    vi.spyOn(navigator, "language", "get").mockReturnValue("de");
    const { user } = show();
    await user.type(field("Name"), "One");
    await user.type(field("Amount"), "1.234,5");
    await user.tab();
    expect(field("Amount").value).toBe("1234,50");
    await user.click(save());
    await screen.findByText("Saved, version 1");
    expect(create.mock.calls[0]?.[0].amount).toBe("1234.50");
  });
});
