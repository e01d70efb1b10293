"use client";

import { Trouble } from "@/components/data-table/trouble";
import { Link } from "@/components/shell/link";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { ENTITIES, type Entity } from "@/features/entities";
import { formatCount } from "@/lib/formats";
import { Section, SmallTable } from "./parts";
import { USERS, type Usable, useUsers } from "./users";

/** What uses something: while there are any, it is not deleted. */
export function UsedBy({ entity, id }: { entity: Usable; id: string }) {
  const answer = useUsers(entity, id);
  const found = answer.data;
  const by = USERS[entity];
  return (
    <Section title="Used by" note={found && usedWords(by, found.total)}>
      {answer.isPending && <Skeleton className="h-24" />}
      {answer.isError && <Trouble error={answer.error} again={() => answer.refetch()} stale={!!found} />}
      {found && found.total > 0 && (
        <SmallTable label={`${ENTITIES[by].title} that use it`} heads={["Name", "Key", "State"]}>
          {found.named.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link href={`/viewer/${by}/${one.id}`} className="text-accent hover:underline">
                  {one.name}
                </Link>
              </th>
              <td>
                <code className="text-ink-soft">{one.key}</code>
              </td>
              <td>{one.status && <Status of={one.status} />}</td>
            </tr>
          ))}
        </SmallTable>
      )}
      {found && found.total > found.named.length && (
        <p className="text-ink-soft">and {found.total - found.named.length} more</p>
      )}
    </Section>
  );
}

export function usedWords(by: Entity, count: number): string {
  const { one, many } = ENTITIES[by];
  if (count === 0) return `No ${one} uses it.`;
  return count === 1 ? `One ${one} uses it.` : `${formatCount(count)} ${many} use it.`;
}
