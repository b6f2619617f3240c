/* strike.c - a hook that counts. */
#include "strike.h"

#include "drive.h"
#include "record.h"

static unsigned due, heard;
static void (*strike)(void);

static int count(const embark_event *event)
{
  (void)event;
  if (++heard == due) {
    strike();
  }
  return 0;
}

void strike_at(unsigned n, void (*how)(void))
{
  record_reset();
  due = n;
  heard = 0;
  strike = how;
  record_react = count;
  drive_options.on_event = record_event;
}

unsigned strike_events(void)
{
  return heard;
}

void strike_no_more(void)
{
  record_react = NULL;
  drive_options.on_event = NULL;
}
