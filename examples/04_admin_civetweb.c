/* 04_admin_civetweb.c - the admin endpoint, mounted in another HTTP library.
 * Introduces: embark_admin_check(), embark_admin_handle(), embark_admin_read().
 *   DATABASE_URL=... MIGRATION_SECRET=... 04_admin_civetweb [ADDRESS:PORT] */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <civetweb.h>
#include <embark_admin.h>
#include "migrations.h"

/* The connection is closed after it, so a stream has neither length nor chunks. Nor has a 204. */
static void send_answer(struct mg_connection *conn, embark_admin_response *answer)
{
  char piece[4096];
  size_t size = 0;
  int more, has_length = !answer->is_stream && answer->status != 204;
  mg_printf(conn, "HTTP/1.1 %d %s\r\nConnection: close\r\n", answer->status,
            mg_get_response_code_text(conn, answer->status));
  for (size_t i = 0; i < answer->header_count; i++) {
    mg_printf(conn, "%s: %s\r\n", answer->headers[i].name, answer->headers[i].value);
  }
  mg_printf(conn, has_length ? "Content-Length: %llu\r\n\r\n" : "\r\n",
            (unsigned long long)answer->content_length);
  mg_write(conn, answer->body, answer->body_size);
  do { /* until the end, or the client has gone */
    more = answer->is_stream && embark_admin_read(answer, piece, sizeof(piece), 1000, &size);
  } while ((size == 0 || mg_write(conn, piece, size) > 0) && more);
}

static int serve(struct mg_connection *conn, void *admin)
{
  const struct mg_request_info *info = mg_get_request_info(conn);
  size_t room = EMBARK_ADMIN_BODY_MAX + 1;      /* one more: it shows that a body is too large */
  char target[16 * 1024], *body = malloc(room); /* civetweb's threads may have little stack */
  int got = -1;
  embark_admin_request asked = EMBARK_ADMIN_REQUEST_INIT;
  embark_admin_response answer;
  while (body && (got = mg_read(conn, body + asked.body_size, room - asked.body_size)) > 0) {
    asked.body_size += (size_t)got;
  }
  snprintf(target, sizeof(target), "%s?%s", info->local_uri_raw,
           info->query_string ? info->query_string : "");
  asked.method = info->request_method;
  asked.target = got == 0 ? target : "/"; /* half of a body may say something else */
  asked.authorization = mg_get_header(conn, "Authorization");
  asked.accept = mg_get_header(conn, "Accept");
  asked.content_type = mg_get_header(conn, "Content-Type");
  asked.body = body;
  asked.can_stream = 1;
  (void)embark_admin_handle(NULL, &embark_migrations, NULL, admin, &asked, &answer);
  send_answer(conn, &answer);
  embark_admin_response_free(&answer);
  free(body);
  return 200; /* for civetweb's own log */
}

static PGconn *dial(void *url)
{
  return PQconnectdb(url ? url : "");
}

int main(int argc, char **argv)
{
  const char *where = argc > 1 ? argv[1] : "127.0.0.1:8080";
  const char *settings[] = {"listening_ports", where, "decode_url", "no", NULL};
  embark_admin_options admin = EMBARK_ADMIN_OPTIONS_INIT;
  embark_error err;
  admin.secret = getenv("MIGRATION_SECRET");
  admin.connect = dial;
  admin.data = getenv("DATABASE_URL");
  if (embark_admin_check(&admin, &err) != EMBARK_OK) {
    fprintf(stderr, "MIGRATION_SECRET: %s\n", err.message);
    return 2;
  }
  struct mg_context *server = mg_start(NULL, NULL, settings);
  mg_set_request_handler(server, EMBARK_ADMIN_MOUNT, serve, &admin);
  printf("%s http://%s%s\n", server ? "migrations are at" : "in use:", where, EMBARK_ADMIN_MOUNT);
  return server && fflush(stdout) == 0 ? pause() : 1;
}
