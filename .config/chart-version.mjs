import { readFileSync, writeFileSync } from 'node:fs';

/* Gives the Helm chart the version of package.json: `npm run release:version`. */

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const CHART = 'deploy/helm/mock-openai/Chart.yaml';
const chart = readFileSync(CHART, 'utf8');
writeFileSync(CHART, chart.replace(/^(version|appVersion): .*$/gm, `$1: ${version}`));
