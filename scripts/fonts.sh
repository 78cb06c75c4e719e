#!/usr/bin/env bash
# Make portal/fonts/*.ttf, the letters of the PDFs that we make, from Debian's fonts-dejavu-extra: what Europe's
# languages are written with, punctuation and signs, without hinting.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly KEPT=U+0020-007E,U+00A0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+0531-0587,U+10A0-10FF,U+1E00-1FFF,\
U+2000-206F,U+2070-209C,U+20A0-20BF,U+2100-214F,U+2150-218F,U+2190-2199,U+2200-2265,U+25A0-25A1,U+25CF,U+2610-2612,\
U+2713,U+FB00-FB06,U+FFFD

for name in DejaVuSansCondensed DejaVuSansCondensed-Bold; do
    .venv/bin/python -m fontTools.subset "/usr/share/fonts/truetype/dejavu/$name.ttf" --unicodes="$KEPT" \
        --no-hinting --layout-features= --drop-tables+=GSUB,GPOS,GDEF,FFTM,kern,gasp --name-IDs='*' \
        --no-glyph-names --notdef-outline --output-file="portal/fonts/$name.ttf"
done
