/* assets.h - the files of the page, as they were when this was built. */
#ifndef EMBARK_ADMIN_ASSETS_H
#define EMBARK_ADMIN_ASSETS_H

#include <stddef.h>

#include "text.h"

typedef struct asset {
  const unsigned char *bytes;
  size_t size;
} asset;

/* Made from admin/page/ by scripts/embed-assets. */
extern const asset asset_html;
extern const asset asset_css;
extern const asset asset_js;

/* The page for an endpoint whose path ends in `part`. login: who lets people in, "secret" or
 * "host". In the file @BASE@ and @LOGIN@ stand for them. */
void assets_page(text *out, const char *part, const char *login);

#endif
