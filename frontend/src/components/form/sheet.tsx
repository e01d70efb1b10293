"use client";

import { createContext, type ReactNode, type RefObject, useContext, useRef } from "react";
import { Dialog } from "@/components/ui/dialog";

const SheetContext = createContext<RefObject<boolean> | null>(null);

/** Of a form in front of another one: where it says whether something is typed in it; null for one in its own page. */
export const useSheet = () => useContext(SheetContext);

/** A form in front of another one, which stays as it is behind it. What is typed in it is not dropped unasked. */
export function Sheet({
  open,
  onClose,
  title,
  description,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description: string;
  children: ReactNode;
}) {
  const dirty = useRef(false);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (next) return;
        if (!dirty.current || window.confirm("Close this form? What you have typed in it is dropped."))
          onClose();
      }}
      title={title}
      description={description}
      side
    >
      <SheetContext.Provider value={dirty}>{children}</SheetContext.Provider>
    </Dialog>
  );
}
