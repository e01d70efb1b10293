import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Archive } from "lucide-react";
import { AppRouterContext } from "next/dist/shared/lib/app-router-context.shared-runtime";
import { expect, test, vi } from "vitest";
import { Problem } from "@/lib/api/problem";
import { Act } from "./act";

function shown(given: Partial<Parameters<typeof Act>[0]> = {}) {
  const run = vi.fn(async (_key: string): Promise<unknown> => undefined);
  const push = vi.fn();
  const router = { push } as unknown as NonNullable<Parameters<typeof AppRouterContext.Provider>[0]["value"]>;
  const client = new QueryClient();
  const again = vi.spyOn(client, "invalidateQueries");
  render(
    <AppRouterContext.Provider value={router}>
      <QueryClientProvider client={client}>
        <Act
          entity="prices"
          id="1"
          label="Retire"
          icon={Archive}
          title="Retire it?"
          done="It is retired."
          run={run}
          {...given}
        >
          <p>It is for nothing new.</p>
        </Act>
      </QueryClientProvider>
    </AppRouterContext.Provider>,
  );
  const user = userEvent.setup();
  const open = async () => {
    await user.click(screen.getByRole("button", { name: "Retire" }));
    return within(await screen.findByRole("dialog", { name: "Retire it?" }));
  };
  return { run, push, again, user, open };
}

const problem = (status: number, detail: string) => new Problem({ status, code: "x", detail });

test("it is asked first, and read again afterwards", async () => {
  const { run, again, user, open } = shown();
  const dialog = await open();
  expect(run).not.toHaveBeenCalled();
  await user.click(dialog.getByRole("button", { name: "Retire" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(run).toHaveBeenCalledTimes(1);
  expect(again).toHaveBeenCalledWith({ queryKey: ["prices"] });
});

test("what is refused is said in the dialog, and tried again under the same key", async () => {
  const { run, user, open } = shown();
  run.mockRejectedValueOnce(problem(503, "Nobody answers."));
  const dialog = await open();
  await user.click(dialog.getByRole("button", { name: "Retire" }));
  expect((await dialog.findByRole("alert")).textContent).toContain("Nobody answers.");
  await user.click(dialog.getByRole("button", { name: "Retire" }));
  await waitFor(() => expect(run).toHaveBeenCalledTimes(2));
  expect(run.mock.calls[0]).toEqual(run.mock.calls[1]);
});

test("who has seen an older version looks again before deciding", async () => {
  const { run, again, user, open } = shown();
  run.mockRejectedValueOnce(problem(412, "Stale."));
  const dialog = await open();
  await user.click(dialog.getByRole("button", { name: "Retire" }));
  expect((await dialog.findByRole("alert")).textContent).toContain("Somebody else has changed it");
  expect(dialog.queryByRole("button", { name: "Retire" })).toBeNull();
  expect(again).toHaveBeenCalledWith({ queryKey: ["prices"] });
});

test("what cannot be is not offered", async () => {
  const { open } = shown({ refused: "It is used." });
  const dialog = await open();
  expect(dialog.getByText("It is used.")).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Retire" })).toBeNull();
});

test("who has deleted something is led to the others", async () => {
  const { push, user, open } = shown({ ends: true });
  await user.click((await open()).getByRole("button", { name: "Retire" }));
  await waitFor(() => expect(push).toHaveBeenCalledWith("/viewer/prices"));
});
