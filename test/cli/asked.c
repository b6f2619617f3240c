/* asked.c - a request to a program that carries ./migrations, for tests: asked METHOD PATH FORM
 * prints what its endpoint answers. The status of HTTP is the last line on standard error. */
#include <embark_admin.h>
#include <stdio.h>
#include <string.h>

#include "loaded.h"

static PGconn *connect_as_psql_does(void *data)
{
  (void)data;
  return PQconnectdb("");
}

static void print_stream(embark_admin_response *r)
{
  char piece[4096];
  size_t got;
  int more = 1;
  while (more == 1) {
    more = embark_admin_read(r, piece, sizeof piece, 60000, &got);
    fwrite(piece, 1, got, stdout);
  }
}

static void ask(const embark_bundle *bundle, char **argv)
{
  embark_admin_options admin = EMBARK_ADMIN_OPTIONS_INIT;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  embark_admin_response response;
  int wants_events = strcmp(argv[1], "EVENTS") == 0;
  admin.secret = "correct-horse-battery";
  admin.connect = connect_as_psql_does;
  admin.mount = "/m";
  request.method = wants_events ? "POST" : argv[1];
  request.target = argv[2];
  request.authorization = "Bearer correct-horse-battery";
  request.accept = wants_events ? "text/event-stream" : "application/json";
  request.can_stream = 1;
  request.content_type = "application/x-www-form-urlencoded";
  request.body = argv[3];
  request.body_size = strlen(argv[3]);
  if (embark_admin_handle(NULL, bundle, NULL, &admin, &request, &response) != EMBARK_OK) {
    fprintf(stderr, "the endpoint has no memory, or is not opened as it should be\n");
  }
  if (response.is_stream) {
    print_stream(&response);
  } else {
    fwrite(response.body, 1, response.body_size, stdout);
  }
  fprintf(stderr, "%d\n", response.status);
  embark_admin_response_free(&response);
}

int main(int argc, char **argv)
{
  pack_options options = {.component = "main", .adopt = EMBARK_ADOPT_REFUSE};
  loaded l = {0};
  diag d = {.program = "asked"};
  int status = 2;
  if (argc != 4) {
    fprintf(stderr, "usage: asked GET|POST|EVENTS PATH FORM\n");
    return status;
  }
  if (loaded_build(&l, "migrations", &options, &d) == 0) {
    ask(loaded_bundle(&l), argv);
    status = 0;
  } else {
    fprintf(stderr, "%s", text_string(&d.out));
  }
  loaded_free(&l);
  diag_free(&d);
  return status;
}
