import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  Clock,
  Hand,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  RotateCw,
  Undo2,
} from "lucide-react";
import { Badge, type Tone } from "@/components/ui/badge";
import { cn } from "@/lib/cn";
import type { Progress, Step } from "./state";

interface Look {
  word: string;
  tone: Tone;
  icon: LucideIcon;
  spins?: boolean;
}

const PROGRESS: Record<Progress, Look> = {
  REQUESTED: { word: "Waiting", tone: "neutral", icon: Clock },
  RUNNING: { word: "Publishing", tone: "accent", icon: LoaderCircle },
  PUBLISHED: { word: "Published", tone: "good", icon: CircleCheck },
  REJECTED: { word: "Rejected, undone", tone: "bad", icon: Undo2 },
  STUCK: { word: "Stuck, needs help", tone: "warn", icon: Hand },
};

export const PROGRESSES = Object.keys(PROGRESS) as Progress[];
export const progressWord = (status: Progress) => PROGRESS[status].word;

/** How far a publication is. */
export function ProgressBadge({ of }: { of: Progress }) {
  const { word, tone, icon } = PROGRESS[of];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}

const STATES: Record<Step["state"], Look> = {
  WAITING: { word: "To come", tone: "neutral", icon: CircleDashed },
  RUNNING: { word: "Under way", tone: "accent", icon: LoaderCircle, spins: true },
  RETRYING: { word: "Tried again", tone: "warn", icon: RotateCw, spins: true },
  STUCK: { word: "Stuck", tone: "warn", icon: Hand },
  DONE: { word: "Done", tone: "good", icon: CircleCheck },
  FAILED: { word: "Failed", tone: "bad", icon: CircleX },
  TIMED_OUT: { word: "Timed out", tone: "bad", icon: Hourglass },
  CANCELLED: { word: "Given up", tone: "neutral", icon: Ban },
  SKIPPED: { word: "Skipped", tone: "neutral", icon: CircleDashed },
};

const INKS: Record<Tone, string> = {
  neutral: "text-ink-soft",
  accent: "text-accent",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
};

export const stateWord = (state: Step["state"]) => STATES[state].word;
export const stateInk = (state: Step["state"]) => INKS[STATES[state].tone];

export function StateIcon({ of, className }: { of: Step["state"]; className?: string }) {
  const { icon: Icon, tone, spins } = STATES[of];
  return <Icon aria-hidden className={cn("size-5", INKS[tone], spins && "animate-spin", className)} />;
}
