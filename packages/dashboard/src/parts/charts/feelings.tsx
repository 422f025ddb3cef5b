/** How somebody felt over time: how strong, which emotion, and what was reached when. */
import { useWidth } from "./width.ts";

type FeelingPoint = {
  readonly id: string;
  readonly at: string;
  readonly emotion: string;
  readonly intensity: number;
  readonly confidence: number;
};
type ReachedPoint = {
  readonly id: string;
  readonly at: string;
  readonly kind: "milestone" | "breakthrough";
  readonly text: string;
};

type Props = {
  readonly from: string;
  readonly to: string;
  readonly feelings: readonly FeelingPoint[];
  readonly reached: readonly ReachedPoint[];
};

const HEIGHT = 250;
const LEFT = 34;
const RIGHT = 10;
const TOP = 34;
const STRIP = 20;
const BOTTOM = 22;
const CHAR_PX = 6.6;
const LABELS = 5;
const LABEL_PX = 110;
const DAY_MS = 86_400_000;
/** A time so short that minutes say nothing. */
const MINUTES_MS = 600_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });

export function Feelings({ from, to, feelings, reached }: Props) {
  const [place, width] = useWidth<HTMLDivElement>();
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const inner = width - LEFT - RIGHT;
  const length = Math.max(1, end - start);
  const xOf = (at: string): number =>
    LEFT + inner * Math.min(1, Math.max(0, (Date.parse(at) - start) / length));
  const floor = HEIGHT - BOTTOM - STRIP;
  const yOf = (intensity: number): number => TOP + (floor - TOP) * (1 - intensity);
  const form = length > DAY_MS ? calendar : length < MINUTES_MS ? seconds : clock;
  const labels = Math.max(2, Math.min(LABELS, Math.floor(inner / LABEL_PX)));
  return (
    <div ref={place}>
      <svg
        className="chart"
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${feelings.length} emotions over time; the phases below say them in words`}
      >
        {[0, 0.5, 1].map((tick) => (
          <g key={tick}>
            <line className="grid" x1={LEFT} x2={width - RIGHT} y1={yOf(tick)} y2={yOf(tick)} />
            <text className="tick" x={LEFT - 6} y={yOf(tick)} dy="0.32em" textAnchor="end">
              {tick}
            </text>
          </g>
        ))}
        {feelings.map((feeling, at) => (
          <Stretch
            key={feeling.id}
            feeling={feeling}
            x={xOf(feeling.at)}
            until={xOf(feelings[at + 1]?.at ?? to)}
            y={yOf(feeling.intensity)}
            before={at === 0 ? null : yOf(feelings[at - 1]?.intensity ?? 0)}
            floor={floor}
          />
        ))}
        {reached.map((one) => (
          <Reached key={one.id} one={one} x={xOf(one.at)} floor={floor} />
        ))}
        {Array.from({ length: labels }, (_, at) => {
          const moment = start + (length * at) / (labels - 1);
          return (
            <text
              key={moment}
              className="tick"
              x={LEFT + (inner * at) / (labels - 1)}
              y={HEIGHT - 5}
              textAnchor={at === 0 ? "start" : at === labels - 1 ? "end" : "middle"}
            >
              {form.format(moment)}
            </text>
          );
        })}
      </svg>
    </div>
  );
}

type StretchProps = {
  readonly feeling: FeelingPoint;
  readonly x: number;
  readonly until: number;
  readonly y: number;
  /** Where the line comes from; null of the first. */
  readonly before: number | null;
  readonly floor: number;
};

/** From one change to the next: the strength as a step, the emotion on the strip below. */
function Stretch({ feeling, x, until, y, before, floor }: StretchProps) {
  const { emotion, intensity, confidence } = feeling;
  const width = Math.max(1, until - x);
  const says = `${emotion}, strength ${intensity}, confidence ${confidence}`;
  return (
    <g className={`felt felt-${emotion}`}>
      <title>{says}</title>
      <rect className="felt-area" x={x} y={y} width={width} height={Math.max(0, floor - y)} />
      {before === null ? null : <line className="felt-step" x1={x} x2={x} y1={before} y2={y} />}
      <line className="felt-line" x1={x} x2={x + width} y1={y} y2={y} />
      <circle className="felt-dot" cx={x} cy={y} r={3 + 2 * confidence} />
      <rect
        className="felt-strip"
        x={x}
        y={floor + 2}
        width={Math.max(1, width - 1)}
        height={STRIP - 6}
      />
      {width > emotion.length * CHAR_PX + 8 ? (
        <text className="felt-name" x={x + 5} y={floor + 2 + (STRIP - 6) / 2} dy="0.34em">
          {emotion}
        </text>
      ) : null}
    </g>
  );
}

const STAR = "M0,-7 L2,-2.2 L7,-2.2 L3,1 L4.4,6 L0,3 L-4.4,6 L-3,1 L-7,-2.2 L-2,-2.2 Z";
const FLAG = "M-4,-6 L5,-2.5 L-4,1 Z M-4,-6 L-4,7";

function Reached({
  one,
  x,
  floor,
}: {
  readonly one: ReachedPoint;
  readonly x: number;
  readonly floor: number;
}) {
  return (
    <g className={one.kind}>
      <title>{`${one.kind}: ${one.text}`}</title>
      <line className="reached-line" x1={x} x2={x} y1={18} y2={floor} />
      <path d={one.kind === "milestone" ? FLAG : STAR} transform={`translate(${x} 10)`} />
    </g>
  );
}
