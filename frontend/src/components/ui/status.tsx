import { Archive, CircleCheck, CircleDashed, Globe, LoaderCircle, type LucideIcon } from "lucide-react";
import type { components } from "@/lib/api/schema";
import { Badge, type Tone } from "./badge";

export type AnyStatus =
  | components["schemas"]["CharacteristicStatus"]
  | components["schemas"]["SpecificationStatus"]
  | components["schemas"]["OfferingStatus"];

const STATES: Record<AnyStatus, { word: string; tone: Tone; icon: LucideIcon }> = {
  DRAFT: { word: "Draft", tone: "neutral", icon: CircleDashed },
  ACTIVE: { word: "Active", tone: "good", icon: CircleCheck },
  DEPRECATED: { word: "Deprecated", tone: "warn", icon: Archive },
  PUBLISHING: { word: "Publishing", tone: "accent", icon: LoaderCircle },
  PUBLISHED: { word: "Published", tone: "good", icon: Globe },
  RETIRED: { word: "Retired", tone: "neutral", icon: Archive },
};

export const statusWord = (status: AnyStatus) => STATES[status].word;

/** Where something is in its life. */
export function Status({ of }: { of: AnyStatus }) {
  const { word, tone, icon } = STATES[of];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
