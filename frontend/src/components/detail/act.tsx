"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import { newKey } from "@/components/form/once";
import { useGo } from "@/components/shell/link";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { Entity } from "@/features/entities";
import { problemOf } from "@/lib/api/problem";

interface ActProps {
  entity: Entity;
  id: string;
  label: string;
  icon: LucideIcon;
  title: string;
  /** What will have happened, said when it has. */
  done: string;
  danger?: boolean;
  /** It is no more afterwards. */
  ends?: boolean;
  /** Why it cannot be done now: the question is answered before it is put. */
  refused?: ReactNode;
  /** `key` is the same when it is tried again. */
  run: (key: string) => Promise<unknown>;
  /** What it means. */
  children: ReactNode;
}

/** A button for something that is asked about first: what it means, and whether it shall be. */
export function Act(props: ActProps) {
  const [open, setOpen] = useState(false);
  const { label, icon: Icon, title, danger = false } = props;
  return (
    <>
      <Button look={danger ? "danger" : "secondary"} onClick={() => setOpen(true)}>
        <Icon aria-hidden />
        {label}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={title}>
        <Question {...props} close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Question({
  entity,
  id,
  label,
  done,
  danger = false,
  ends = false,
  refused,
  run,
  children,
  close,
}: ActProps & { close: () => void }) {
  const client = useQueryClient();
  const go = useGo();
  const [key] = useState(() => newKey());
  const act = useMutation({
    mutationFn: () => run(key),
    onSuccess: async () => {
      toast.success(done);
      close();
      if (!ends) return client.invalidateQueries({ queryKey: [entity] });
      go(`/viewer/${entity}`);
      client.removeQueries({ queryKey: [entity, "one", id] });
      return client.invalidateQueries({ queryKey: [entity, "list"] });
    },
    onError: (error) => {
      // What was seen is not what there is: it is read again while the message stands.
      if ([404, 409, 412].includes(problemOf(error).status)) client.invalidateQueries({ queryKey: [entity] });
    },
  });
  const problem = act.isError ? problemOf(act.error) : null;
  return (
    <>
      <div className="grid grid-cols-1 gap-2">{children}</div>
      {refused && <Notice kind="warn">{refused}</Notice>}
      {problem && (
        <Notice kind="bad" role="alert">
          {problem.status === 412
            ? "Somebody else has changed it meanwhile. The page shows how it is now: look at it, and decide again."
            : problem.message}
          {problem.errors.length > 0 && (
            <ul className="list-disc pl-5">
              {problem.errors.map((one) => (
                <li key={`${one.pointer} ${one.code}`}>{one.message}</li>
              ))}
            </ul>
          )}
        </Notice>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={close}>{refused ? "Close" : "Cancel"}</Button>
        {!refused && problem?.status !== 412 && (
          <Button look={danger ? "danger" : "primary"} busy={act.isPending} onClick={() => act.mutate()}>
            {label}
          </Button>
        )}
      </div>
    </>
  );
}
