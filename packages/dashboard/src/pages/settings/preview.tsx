/** What another taxonomy would change: by domain, and message by message. */
import type { PreviewAnswer, Seen } from "@verbatim/api/contract-settings";
import { Link } from "wouter";
import { countText } from "../../parts/figures.tsx";
import { placeOf } from "../../parts/message-line.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import { Time } from "../../parts/time.tsx";

export function Preview({ answer }: { readonly answer: PreviewAnswer }) {
  const { looked_at, changed, domains, changes, id } = answer;
  return (
    <div role="status">
      <p>
        <b>
          {countText(changed)} of the newest {countText(looked_at)} messages
        </b>{" "}
        would be sorted otherwise by <code>{id}</code>.
      </p>
      <Scroll label="domains now and then">
        <table>
          <thead>
            <tr>
              <th scope="col">domain</th>
              <th scope="col" className="number">
                now
              </th>
              <th scope="col" className="number">
                then
              </th>
            </tr>
          </thead>
          <tbody>
            {domains.map(({ name, before, after }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{countText(before)}</td>
                <td className="number">
                  {before === after ? countText(after) : <b>{countText(after)}</b>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <ul className="changes">
        {changes.map((one) => (
          <li key={`${one.seq}.${one.sub}`}>
            <Link href={placeOf(one)} className="evidence">
              {one.author}: {one.text.slice(0, 120)}
            </Link>
            <p className="soft session-facts">
              <span>{differenceOf(one.before, one.after)}</span>
              <Time at={one.said_at} brief />
            </p>
          </li>
        ))}
      </ul>
      {changed > changes.length ? (
        <p className="soft">and {countText(changed - changes.length)} more</p>
      ) : null}
    </div>
  );
}

function differenceOf(before: Seen, after: Seen): string {
  const parts = (["chain_type", "ace_tier"] as const).flatMap((name) =>
    before[name] === after[name] ? [] : [`${before[name]} → ${after[name]}`],
  );
  const more = after.shl_tags.filter((tag) => !before.shl_tags.includes(tag));
  const less = before.shl_tags.filter((tag) => !after.shl_tags.includes(tag));
  return [...parts, ...more.map((tag) => `+ ${tag}`), ...less.map((tag) => `− ${tag}`)].join(", ");
}
