#include "script_part.h"
void script_put_outside(script_writer *w, uint32_t index) { (void)w; (void)index; }
