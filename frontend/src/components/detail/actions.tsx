"use client";

import { CopyPlus, Pencil, Trash2 } from "lucide-react";
import { Link } from "@/components/shell/link";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { ENTITIES, type Entity } from "@/features/entities";
import { Act } from "./act";
import { usedWords } from "./used-by";
import { USERS, type Usable, useUsers } from "./users";

export function Edit({ entity, id }: { entity: Entity; id: string }) {
  return (
    <Button look="primary" asChild>
      <Link href={`/builder/${entity}/${id}`}>
        <Pencil aria-hidden />
        Edit
      </Link>
    </Button>
  );
}

/** A new one that begins as this one is. */
export function Duplicate({ entity, id }: { entity: Entity; id: string }) {
  return (
    <Button asChild>
      <Link href={`/builder/${entity}/new?from=${id}`}>
        <CopyPlus aria-hidden />
        Duplicate
      </Link>
    </Button>
  );
}

interface DeleteProps {
  id: string;
  name: string;
  run: () => Promise<unknown>;
}

/** Deletes what nothing can use. */
export function Delete({ entity, ...rest }: DeleteProps & { entity: Entity }) {
  return (
    <Removal entity={entity} {...rest}>
      <p>The {ENTITIES[entity].one} is gone for good then.</p>
    </Removal>
  );
}

/** Deletes what nothing uses; of what is used it says by what, and what to do `instead`. */
export function DeleteUnused({
  entity,
  instead,
  ...rest
}: DeleteProps & { entity: Usable; instead: string }) {
  const { data, isPending } = useUsers(entity, rest.id);
  const by = USERS[entity];
  const used = data !== undefined && data.total > 0;
  return (
    <Removal
      entity={entity}
      {...rest}
      refused={used && `What is used cannot be deleted: ${instead} instead.`}
    >
      {isPending && <Skeleton className="h-10" />}
      <p>
        {data && usedWords(by, data.total)} {!used && `The ${ENTITIES[entity].one} is gone for good then.`}
      </p>
      {used && (
        <ul className="max-h-48 list-disc overflow-y-auto pl-5">
          {data.named.map((one) => (
            <li key={one.id}>
              <Link href={`/viewer/${by}/${one.id}`} className="text-accent hover:underline">
                {one.name}
              </Link>
            </li>
          ))}
          {data.total > data.named.length && <li>and {data.total - data.named.length} more</li>}
        </ul>
      )}
    </Removal>
  );
}

function Removal({
  entity,
  id,
  name,
  ...rest
}: DeleteProps & { entity: Entity } & Pick<Parameters<typeof Act>[0], "refused" | "children">) {
  return (
    <Act
      entity={entity}
      id={id}
      label="Delete"
      icon={Trash2}
      title={`Delete ${name}?`}
      done={`${name} is deleted.`}
      danger
      ends
      {...rest}
    />
  );
}
