import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { ListEditor } from "./list-editor";

function List() {
  const [all, setAll] = useState(["red", "green", "blue"]);
  return (
    <ListEditor
      id="list"
      count={all.length}
      noun="value"
      keyOf={(index) => all[index] ?? ""}
      nameOf={(index) => all[index] ?? ""}
      onAdd={() => setAll([...all, "new"])}
      onRemove={(index) => setAll(all.filter((_, at) => at !== index))}
      onMove={(from, to) => {
        const next = [...all];
        next.splice(to, 0, ...next.splice(from, 1));
        setAll(next);
      }}
      row={(index) => <input aria-label={all[index]} />}
    />
  );
}

const order = () => screen.getAllByRole("textbox").map((one) => one.getAttribute("aria-label"));

describe("a list", () => {
  it("is put in order by keyboard; the focus goes along, and what has happened is said", async () => {
    const user = userEvent.setup();
    render(<List />);
    await user.click(screen.getByRole("textbox", { name: "blue" }));
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(order()).toEqual(["red", "blue", "green"]);
    expect(screen.getByRole("status").textContent).toBe("blue is now 2 of 3.");
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Move blue up"));
  });

  it("is put in order by buttons, as far as there is room", async () => {
    const user = userEvent.setup();
    render(<List />);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Move red up" }).disabled).toBe(true);
    await user.click(screen.getByRole("button", { name: "Move red down" }));
    expect(order()).toEqual(["green", "red", "blue"]);
  });

  it("loses an entry, and the focus is at the next one", async () => {
    const user = userEvent.setup();
    render(<List />);
    await user.click(screen.getByRole("button", { name: "Remove green" }));
    expect(order()).toEqual(["red", "blue"]);
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Remove blue"));
  });

  it("gets another entry by Enter in the last one, which has the focus then", async () => {
    const user = userEvent.setup();
    render(<List />);
    await user.click(screen.getByRole("textbox", { name: "blue" }));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "new" })));
  });
});
