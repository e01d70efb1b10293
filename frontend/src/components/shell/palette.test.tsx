import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime";
import { expect, test, vi } from "vitest";
import { FINDERS } from "@/features/finders";
import { Palette } from "./palette";
import "./palette-choices"; // it is loaded by who wants it: here at once
import { RolesProvider } from "./roles";

vi.mock("@/features/finders", () => {
  const none = async () => [];
  return { FINDERS: { characteristics: none, specifications: none, prices: none, offerings: none } };
});

function shown({ roles = ["author"] }: { roles?: string[] } = {}) {
  const push = vi.fn();
  const router = { push } as unknown as NonNullable<Parameters<typeof AppRouterContext.Provider>[0]["value"]>;
  const found = vi
    .spyOn(FINDERS, "offerings")
    .mockImplementation(async (name) =>
      name === "fibre" ? [{ id: "7", key: "fibre-100", name: "Fibre 100" }] : [],
    );
  render(
    <AppRouterContext.Provider value={router}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RolesProvider roles={roles}>
          <main>
            <label>
              Field <input data-search />
            </label>
          </main>
          <Palette />
        </RolesProvider>
      </QueryClientProvider>
    </AppRouterContext.Provider>,
  );
  return { push, found, user: userEvent.setup() };
}

const options = () => screen.getAllByRole("option").map((one) => one.textContent);

/** What Enter would go to, as screen readers are told it. */
const chosen = () => {
  const id = screen.getByRole("combobox").getAttribute("aria-activedescendant");
  return id && document.getElementById(id)?.textContent;
};

test("Ctrl K opens it, and it goes to what is found by its name", async () => {
  const { push, found, user } = shown();
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "fibre");
  await screen.findByRole("option", { name: /Fibre 100/ });
  expect(found).toHaveBeenCalledTimes(1);
  await user.keyboard("{Enter}");
  expect(push).toHaveBeenCalledWith("/viewer/offerings/7");
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("who pauses and types on finds the first answer chosen", async () => {
  const { push, found, user } = shown();
  const all = ["Fibre 50", "Fibre 100"].map((name, at) => ({ id: `${at}`, key: `fibre-${at}`, name }));
  found.mockImplementation(async (typed) =>
    all.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase())),
  );
  await user.keyboard("{Control>}k{/Control}");
  const search = await screen.findByRole("combobox");
  await user.type(search, "fibre");
  await waitFor(() => expect(chosen()).toMatch(/^Fibre 50/));
  await user.type(search, " 1");
  await waitFor(() => expect(chosen()).toMatch(/^Fibre 100/));
  await user.keyboard("{Enter}");
  expect(push).toHaveBeenCalledWith("/viewer/offerings/1");
});

test("what the arrow keys have gone to stays chosen when answers arrive above it", async () => {
  const { push, found, user } = shown();
  let arrive: (found: { id: string; key: string; name: string }[]) => void = () => undefined;
  found.mockReturnValue(new Promise((resolve) => (arrive = resolve)));
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox"), "pri{ArrowDown}");
  expect(chosen()).toBe("New price");
  await waitFor(() => expect(found).toHaveBeenCalled());
  arrive([{ id: "1", key: "pricey", name: "Pricey" }]);
  await screen.findByRole("option", { name: /Pricey/ });
  expect(chosen()).toBe("New price");
  await user.keyboard("{Enter}");
  expect(push).toHaveBeenCalledWith("/builder/prices/new");
});

test("what answers the question before is not chosen", async () => {
  const { push, user } = shown();
  await user.keyboard("{Control>}k{/Control}");
  const search = await screen.findByRole("combobox");
  await user.type(search, "fibre");
  await screen.findByRole("option", { name: /Fibre 100/ });
  await user.clear(search);
  await user.type(search, "prices{Enter}");
  expect(push).toHaveBeenCalledWith("/viewer/prices");
});

test("keys that belong to an input method go nowhere", async () => {
  const { push, user } = shown();
  await user.keyboard("{Control>}k{/Control}");
  const search = await screen.findByRole("combobox");
  fireEvent.keyDown(search, { key: "Enter", isComposing: true });
  fireEvent.keyDown(search, { key: "Enter", keyCode: 229 });
  expect(push).not.toHaveBeenCalled();
});

test("places are chosen when the answers before have gone", async () => {
  const { found, user } = shown();
  const all = ["Pricey", "Princely"].map((name, at) => ({ id: `${at}`, key: `p-${at}`, name }));
  found.mockImplementation(async (typed) => (typed === "pri" ? all : []));
  await user.keyboard("{Control>}k{/Control}");
  const search = await screen.findByRole("combobox");
  await user.type(search, "pri");
  await screen.findByRole("option", { name: /Pricey/ });
  await user.keyboard("{Home}");
  await user.type(search, "c");
  await waitFor(() => expect(options()).toEqual(["Prices", "New price"]));
  await waitFor(() => expect(chosen()).toBe("Prices"));
});

test("the button opens it, places are narrowed by what is typed", async () => {
  const { push, user } = shown();
  await user.click(screen.getByRole("button", { name: "Search" }));
  await screen.findByRole("dialog");
  expect(options()).toContain("New price");
  await user.type(await screen.findByRole("combobox"), "price");
  await waitFor(() => expect(options()).toEqual(["Prices", "New price"]));
  await user.click(screen.getByRole("option", { name: "Prices" }));
  expect(push).toHaveBeenCalledWith("/viewer/prices");
});

test("arrow keys go through what there is, round and round", async () => {
  const { push, user } = shown();
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("combobox");
  await waitFor(() => expect(chosen()).toBe("Builder"));
  await user.keyboard("{ArrowDown}");
  expect(chosen()).toBe("Offerings");
  await user.keyboard("{ArrowUp}{ArrowUp}");
  await waitFor(() => expect(chosen()).toBe("Keyboard shortcuts"));
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(push).not.toHaveBeenCalled();
});

test("readers are not offered to create", async () => {
  const { user } = shown({ roles: ["reader"] });
  await user.click(screen.getByRole("button", { name: "Search" }));
  await screen.findByRole("dialog");
  expect(options()).not.toContain("New price");
});

test("what nobody has is said", async () => {
  const { user } = shown();
  await user.click(screen.getByRole("button", { name: "Search" }));
  await user.type(await screen.findByRole("combobox"), "zzz");
  await screen.findByText(/Nothing has “zzz” in its name/);
});

test("single keys go, show what they are, and leave who types alone", async () => {
  const { push, user } = shown();
  await user.keyboard("gp");
  expect(push).toHaveBeenCalledWith("/viewer/prices");
  await user.keyboard("/");
  expect(document.activeElement?.tagName).toBe("INPUT");
  await user.keyboard("go?");
  expect(push).toHaveBeenCalledTimes(1);
  expect(screen.queryByRole("dialog")).toBeNull();
  (document.activeElement as HTMLElement).blur();
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
});

test("single keys can be turned off, and on again by the palette", async () => {
  const { push, user } = shown();
  await user.keyboard("?");
  await user.click(await screen.findByRole("checkbox"));
  await user.keyboard("{Escape}");
  await user.keyboard("gp?");
  expect(push).not.toHaveBeenCalled();
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.keyboard("{Control>}k{/Control}");
  await user.click(await screen.findByRole("option", { name: "Keyboard shortcuts" }));
  await user.click(await screen.findByRole("checkbox", { checked: false }));
  expect(localStorage.getItem("catalog.shortcuts")).toBe("on");
});
