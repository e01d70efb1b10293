"use client";

import { useQuery } from "@tanstack/react-query";
import { Copy, Eye } from "lucide-react";
import dynamic from "next/dynamic";
import type { ComponentType, ReactNode } from "react";
import type { FieldValues } from "react-hook-form";
import { keyOf } from "@/components/form/texts";
import type { Kind, Versioned } from "@/components/form/use-entity-form";
import { useSaved } from "@/components/form/use-saved";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import type { FormProps } from "@/features/characteristic/form";
import { characteristicKind } from "@/features/characteristic/kind";
import { emptyCharacteristic } from "@/features/characteristic/schema";
import { ENTITIES, type Entity } from "@/features/entities";
import { offeringKind } from "@/features/offering/kind";
import { emptyOffering } from "@/features/offering/schema";
import { priceKind } from "@/features/price/kind";
import { emptyPrice } from "@/features/price/schema";
import { specificationKind } from "@/features/specification/kind";
import { emptySpecification } from "@/features/specification/schema";
import { problemOf } from "@/lib/api/problem";

interface Where {
  /** What is edited; undefined for something new. */
  id?: string | undefined;
  /** What something new begins as a copy of. */
  from?: string | undefined;
}

interface Named extends FieldValues {
  name: string;
  key: string;
}

// Forms are not rendered before they can be used: what is typed while nobody listens yet would be lost.
const loading = () => <FormSkeleton />;

const CharacteristicForm = dynamic(
  () => import("@/features/characteristic/form").then((all) => all.CharacteristicForm),
  { ssr: false, loading },
);
const SpecificationForm = dynamic(
  () => import("@/features/specification/form").then((all) => all.SpecificationForm),
  { ssr: false, loading },
);
const PriceForm = dynamic(() => import("@/features/price/form").then((all) => all.PriceForm), {
  ssr: false,
  loading,
});
const OfferingForm = dynamic(() => import("@/features/offering/form").then((all) => all.OfferingForm), {
  ssr: false,
  loading,
});

const specifications = specificationKind(new Map());
const offerings = offeringKind(new Map());

/** The page of one thing in the builder, or of a new one. */
export function Editor({ entity, ...where }: Where & { entity: Entity }) {
  switch (entity) {
    case "characteristics":
      return (
        <EditorOf
          kind={characteristicKind}
          empty={emptyCharacteristic}
          form={CharacteristicForm}
          status={(view) => <Status of={view.status} />}
          {...where}
        />
      );
    case "specifications":
      return (
        <EditorOf
          kind={specifications}
          empty={emptySpecification}
          form={SpecificationForm}
          status={(view) => <Status of={view.status} />}
          {...where}
        />
      );
    case "prices":
      return <EditorOf kind={priceKind} empty={emptyPrice} form={PriceForm} {...where} />;
    case "offerings":
      return (
        <EditorOf
          kind={offerings}
          empty={emptyOffering}
          form={OfferingForm}
          status={(view) => <Status of={view.status} />}
          {...where}
        />
      );
  }
}

function EditorOf<View extends Versioned, Values extends Named, Body>({
  kind,
  empty,
  form: Form,
  status,
  id,
  from,
}: Where & {
  kind: Kind<View, Values, Body>;
  empty: Values;
  form: ComponentType<FormProps<View, Values>>;
  status?: (view: View) => ReactNode;
}) {
  const { entity } = kind;
  const { one, title } = ENTITIES[entity];
  const author = useMay("author");
  const saved = useSaved(kind);
  const wanted = id ?? from;
  const found = useQuery({
    queryKey: [entity, "one", wanted],
    queryFn: () => kind.read(wanted ?? ""),
    enabled: wanted !== undefined,
  });
  const view = id && found.data ? found.data : null;
  const place = `/builder/${entity}/${id ?? (from ? `new?from=${from}` : "new")}`;

  function initial(): Values {
    if (!found.data) return empty;
    const values = kind.values(found.data);
    if (id) return values;
    const name = `${values.name} (copy)`;
    return { ...values, name, key: keyOf(name) };
  }

  return (
    <div className="space-y-4">
      <header className="space-y-1">
        <nav aria-label="Where this is">
          <ol className="flex flex-wrap items-center gap-1.5 text-ink-soft">
            <li>
              <Link href="/builder" className="inline-block py-0.5 underline-offset-2 hover:underline">
                Builder
              </Link>
            </li>
            <li aria-hidden>/</li>
            <li>
              <Link
                href={`/viewer/${entity}`}
                className="inline-block py-0.5 underline-offset-2 hover:underline"
              >
                {title}
              </Link>
            </li>
          </ol>
        </nav>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 tabIndex={-1} className="min-w-0 wrap-anywhere">
            {id ? (view ? kind.nameOf(view) : ENTITIES[entity].title.slice(0, -1)) : `New ${one}`}
          </h1>
          {view && status?.(view)}
          {view && (
            <div className="ml-auto flex gap-2">
              <Button asChild look="quiet">
                <Link href={`/viewer/${entity}/${view.id}`}>
                  <Eye aria-hidden />
                  Look at it
                </Link>
              </Button>
              {author && (
                <Button asChild look="quiet">
                  <Link href={`/builder/${entity}/new?from=${view.id}`}>
                    <Copy aria-hidden />
                    Duplicate
                  </Link>
                </Button>
              )}
            </div>
          )}
        </div>
        {from && found.data && (
          <p className="text-ink-soft">A copy of {kind.nameOf(found.data)}, which stays as it is.</p>
        )}
      </header>
      {wanted !== undefined && found.isError && !found.data ? (
        <Notice
          kind={problemOf(found.error).unreachable ? "warn" : "bad"}
          role="alert"
          title={`This ${one} cannot be shown`}
        >
          <p>{problemOf(found.error).message}</p>
          <Button size="sm" onClick={() => found.refetch()}>
            Try again
          </Button>
        </Notice>
      ) : wanted !== undefined && !found.data ? (
        <FormSkeleton />
      ) : (
        <Form key={place} view={view} initial={initial()} address={place} onSaved={saved} />
      )}
    </div>
  );
}

function FormSkeleton() {
  return (
    <div aria-busy className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="space-y-4">
        <Skeleton className="h-64" />
        <Skeleton className="h-72" />
      </div>
      <Skeleton className="h-40" />
    </div>
  );
}
