import type { ComponentProps, ComponentType } from "react";

type Looks = ComponentProps<"svg">;

/** An icon, of these here or of the icon library. */
export type Icon = ComponentType<{ className?: string; "aria-hidden"?: boolean }>;

/**
 * The icons that the store has. Those of the icon library are drawn by a component that runs in the browser, which
 * its pages would have to load for a few lines; these are lines alone.
 */
function Glyph({ d, ...rest }: Looks & { d: string }) {
  return (
    <svg
      aria-hidden
      xmlns="http://www.w3.org/2000/svg"
      width="24"
      height="24"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      {...rest}
    >
      <path d={d} />
    </svg>
  );
}

const ROUND = "M2 12a10 10 0 1 0 20 0 10 10 0 1 0-20 0";
const LENS = "M3 11a8 8 0 1 0 16 0 8 8 0 1 0-16 0";

export const ChevronLeft = (looks: Looks) => <Glyph {...looks} d="m15 18-6-6 6-6" />;
export const ChevronRight = (looks: Looks) => <Glyph {...looks} d="m9 18 6-6-6-6" />;
export const CircleAlert = (looks: Looks) => <Glyph {...looks} d={`${ROUND}M12 8v4M12 16h.01`} />;
export const CircleCheck = (looks: Looks) => <Glyph {...looks} d={`${ROUND}M16 9l-5.5 5.5L8 12`} />;
export const Info = (looks: Looks) => <Glyph {...looks} d={`${ROUND}M12 16v-4M12 8h.01`} />;
export const Monitor = (looks: Looks) => (
  <Glyph
    {...looks}
    d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M8 21h8M12 17v4"
  />
);
export const Moon = (looks: Looks) => (
  <Glyph
    {...looks}
    d="M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"
  />
);
export const Search = (looks: Looks) => <Glyph {...looks} d={`${LENS}M21 21l-4.34-4.34`} />;
export const SearchX = (looks: Looks) => (
  <Glyph {...looks} d={`${LENS}M21 21l-4.34-4.34M13.5 8.5l-5 5M8.5 8.5l5 5`} />
);
export const Sun = (looks: Looks) => (
  <Glyph
    {...looks}
    d="M8 12a4 4 0 1 0 8 0 4 4 0 1 0-8 0M12 2v2M12 20v2M4.93 4.93l1.41 1.41M17.66 17.66l1.41 1.41M2 12h2M20 12h2M6.34 17.66l-1.41 1.41M19.07 4.93l-1.41 1.41"
  />
);
export const TriangleAlert = (looks: Looks) => (
  <Glyph
    {...looks}
    d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01"
  />
);
export const X = (looks: Looks) => <Glyph {...looks} d="M18 6 6 18M6 6l12 12" />;
