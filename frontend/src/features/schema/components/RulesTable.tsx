/** Per finding: what counts as a difference, and what follows from one. */
import { Checkbox, Select } from '@mantine/core';

import type { FindingRule, Rule } from '../../../api/projects';
import type { Finding } from '../../../api/types';
import { RULES, ruleSentence } from '../protocol';
import { TableHead } from '../../../components/page/TableHead';

interface RulesTableProps {
  findings: Finding[];
  rules: Record<string, FindingRule>;
  onChange: (rules: Record<string, FindingRule>) => void;
}

export function RulesTable({ findings, rules, onChange }: RulesTableProps) {
  return (
    <table className="lh-table">
      <TableHead
        columns={['Finding', 'What follows', 'Present / uncertain differ', 'Uncertain / absent differ', 'In words']}
      />
      <tbody>
        {findings.map(({ code, name }) => {
          const rule = rules[code];
          const edit = (change: Partial<FindingRule>) => onChange({ ...rules, [code]: { ...rule, ...change } });
          return (
            <tr key={code} data-testid={`rule-${code}`}>
              <td>{name}</td>
              <td>
                <Select
                  size="xs"
                  w={190}
                  aria-label={`Rule for ${name}`}
                  value={rule.rule}
                  data={RULES}
                  allowDeselect={false}
                  onChange={(next) => next !== null && edit({ rule: next as Rule })}
                />
              </td>
              <td>
                <Checkbox
                  size="xs"
                  aria-label={`${name}: present and uncertain differ`}
                  checked={rule.present_uncertain}
                  onChange={(event) => edit({ present_uncertain: event.currentTarget.checked })}
                />
              </td>
              <td>
                <Checkbox
                  size="xs"
                  aria-label={`${name}: uncertain and absent differ`}
                  checked={rule.uncertain_absent}
                  onChange={(event) => edit({ uncertain_absent: event.currentTarget.checked })}
                />
              </td>
              <td className="lh-note">{ruleSentence(rule)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
