"use client";

import { Columns3 } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import type { Grid, WithId } from "./grid";
import type { GridState } from "./state";

export type Density = "comfortable" | "compact";

/** What is shown of each row, and how much room it takes. */
export function ColumnsMenu<Row extends WithId>({
  grid,
  state,
  density,
  onDensity,
}: {
  grid: Grid<Row>;
  state: GridState;
  density: Density;
  onDensity: (density: Density) => void;
}) {
  const choosable = grid.columns.slice(1);
  return (
    <Menu
      trigger={
        <Button>
          <Columns3 aria-hidden />
          Columns
        </Button>
      }
    >
      <MenuLabel>Shown beside “{grid.columns[0]?.header}”</MenuLabel>
      {choosable.map(({ id, header }) => (
        <MenuCheck
          key={id}
          checked={state.columns.includes(id)}
          onCheckedChange={(shown) =>
            state.setColumns(
              choosable
                .map((one) => one.id)
                .filter((one) => (one === id ? shown : state.columns.includes(one))),
            )
          }
        >
          {header}
        </MenuCheck>
      ))}
      <MenuItem onSelect={() => state.setColumns(null)} className="pl-8">
        The usual columns
      </MenuItem>
      <MenuLine />
      <MenuCheck
        checked={density === "compact"}
        onCheckedChange={(on) => onDensity(on ? "compact" : "comfortable")}
      >
        Compact rows
      </MenuCheck>
    </Menu>
  );
}
