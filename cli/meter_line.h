/* meter_line.h - the line that lives on a terminal while a run is on. */
#ifndef EMBARK_CLI_METER_LINE_H
#define EMBARK_CLI_METER_LINE_H

#include "meter.h"

/* Append what there is to be seen now, in one line of any length, the most telling first; nothing
 * when nothing is under way. */
void meter_line_put(text *out, const meter *m, int64_t now_ms);

#endif
