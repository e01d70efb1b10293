import { render, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { RolesProvider } from "@/components/shell/roles";
import { Outcome } from "./outcome";
import { account, step } from "./sample";
import { Timeline } from "./timeline";

const now = Date.parse("2026-11-27T18:00:10Z");

test("each step says its state in words, its attempt, its service and how long it took", () => {
  render(
    <Timeline
      now={now}
      steps={[
        step("lock_prices", "DONE", {
          title: "Lock prices",
          attempts: 2,
          startedAt: "2026-11-27T18:00:00Z",
          endedAt: "2026-11-27T18:00:01.5Z",
          problem: "Pricing was away.",
        }),
        step("validate", "RETRYING", {
          title: "Validate spec",
          attempts: 1,
          startedAt: "2026-11-27T18:00:02Z",
        }),
        step("stage_entry", "WAITING", { title: "Stage store entry" }),
      ]}
    />,
  );
  const [first, second, third] = screen.getAllByRole("listitem").map((one) => one.textContent);
  expect(first).toMatch(
    /Lock prices.*Done.*Before it succeeded: Pricing was away.*Pricing · attempt 2 · began .*took 1.5 s/,
  );
  expect(second).toMatch(/Validate spec.*Tried again.*attempt 2.*for 8.0 s/);
  expect(third).toMatch(/Stage store entry.*To come/);
  expect(screen.queryByRole("region", { name: "The way back" })).toBeNull();
});

test("what undoes it is a path of its own", () => {
  render(
    <Timeline
      now={now}
      steps={[
        step("lock_prices", "DONE"),
        step("validate", "FAILED", { attempts: 1, problem: "Too long." }),
        step("drop_entry", "DONE", { attempts: 1 }),
        step("release_prices", "RUNNING"),
        step("reject", "WAITING"),
      ]}
    />,
  );
  const there = screen.getByRole("region", { name: "Steps" });
  const back = screen.getByRole("region", { name: "The way back" });
  expect(within(there).getAllByRole("listitem")).toHaveLength(2);
  expect(within(there).getByText("Too long.")).toBeTruthy();
  expect(within(back).getAllByRole("listitem")).toHaveLength(3);
  expect(within(back).getByText("Undone: what was prepared for shoppers is dropped.")).toBeTruthy();
});

test("what is stuck has not failed, and says who can help", () => {
  const stuck = account({
    status: "STUCK",
    nextAction: "Stage store entry waits for an operator, who can have it tried again (retry).",
  });
  render(
    <RolesProvider roles={["reader"]}>
      <Outcome
        account={stuck}
        name="Fibre 500"
        offering={undefined}
        slow={false}
        help={<p>Ask an operator.</p>}
      />
    </RolesProvider>,
  );
  expect(screen.getByRole("heading", { name: "It is stuck and needs help" })).toBeTruthy();
  expect(screen.getByText(/neither failed nor succeeded.*waits for an operator/)).toBeTruthy();
  expect(screen.getByText("Ask an operator.")).toBeTruthy();
});
