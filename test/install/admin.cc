// A host in C++ without a server of HTTP: asks the endpoint for its page, and to be let in.
#include <cstdio>
#include <cstring>
#include <string>

#include <embark_admin.h>

#include "migrations.h"

static std::string header(const embark_admin_response &r, const char *name)
{
  for (size_t i = 0; i < r.header_count; i++) {
    if (std::strcmp(r.headers[i].name, name) == 0) {
      return r.headers[i].value;
    }
  }
  return "";
}

static bool ask(const char *accept, int status, const char *type)
{
  embark_admin_options admin = EMBARK_ADMIN_OPTIONS_INIT;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  embark_admin_response response;
  admin.secret = "correct-horse-battery";
  request.method = "GET";
  request.target = EMBARK_ADMIN_MOUNT;
  request.accept = accept;
  int code = embark_admin_handle(nullptr, &embark_migrations, nullptr, &admin, &request, &response);
  std::string body(response.body, response.body_size);
  bool is_right = code == EMBARK_OK && response.status == status &&
                  header(response, "Content-Type") == type && body.size() == response.content_length;
  std::printf("%d %s\n%s\n", response.status, header(response, "Content-Type").c_str(), body.c_str());
  embark_admin_response_free(&response);
  return is_right;
}

int main()
{
  embark_admin_options closed = EMBARK_ADMIN_OPTIONS_INIT;
  return embark_admin_check(&closed, nullptr) == EMBARK_E_ARGUMENT &&
                 ask("text/html", 200, "text/html; charset=utf-8") &&
                 ask("application/json", 401, "application/json")
             ? 0
             : 1;
}
