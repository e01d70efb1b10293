import { Link } from "@/components/shell/link";
import { ENTITIES, type Entity } from "@/features/entities";
import { cn } from "@/lib/cn";

/** The way to the other grids. */
export function EntityTabs({ present }: { present: Entity }) {
  return (
    <nav aria-label="Viewer">
      <ul className="flex flex-wrap gap-1">
        {Object.entries(ENTITIES).map(([entity, { title }]) => (
          <li key={entity}>
            <Link
              href={`/viewer/${entity}`}
              aria-current={entity === present ? "page" : undefined}
              className={cn(
                "block rounded-md px-2.5 py-1.5 text-ink-soft hover:bg-sunken hover:text-ink",
                "aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent",
              )}
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
