// Lets WebKitWebDriver drive the unmodified window: preloaded, it makes the program's web context one that may be
// automated, and its view one that is.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

#include <webkit2/webkit2.h>

static WebKitWebView *view;

static WebKitWebView *give_view(WebKitAutomationSession *session, gpointer data) { return view; }

static void started(WebKitWebContext *context, WebKitAutomationSession *session, gpointer data) {
	WebKitApplicationInfo *info = webkit_application_info_new();
	webkit_application_info_set_name(info, "steward");
	webkit_application_info_set_version(info, 1, 0, 0);
	webkit_automation_session_set_application_info(session, info);
	webkit_application_info_unref(info);
	g_signal_connect(session, "create-web-view", G_CALLBACK(give_view), NULL);
}

WebKitWebContext *webkit_web_context_new_ephemeral(void) {
	WebKitWebContext *(*real)(void) = dlsym(RTLD_NEXT, "webkit_web_context_new_ephemeral");
	WebKitWebContext *context = real();
	webkit_web_context_set_automation_allowed(context, TRUE);
	g_signal_connect(context, "automation-started", G_CALLBACK(started), NULL);
	return context;
}

GObject *g_object_new_with_properties(GType type, guint n, const char *names[], const GValue values[]) {
	GObject *(*real)(GType, guint, const char *[], const GValue[]) = dlsym(RTLD_NEXT, "g_object_new_with_properties");
	if (view || n > 7 || type != WEBKIT_TYPE_WEB_VIEW)
		return real(type, n, names, values);
	const char *more[8];
	GValue with[8];
	memset(with, 0, sizeof with);
	memcpy(more, names, n * sizeof *names);
	memcpy(with, values, n * sizeof *values);
	more[n] = "is-controlled-by-automation";
	g_value_init(&with[n], G_TYPE_BOOLEAN);
	g_value_set_boolean(&with[n], TRUE);
	GObject *made = real(type, n + 1, more, with);
	view = WEBKIT_WEB_VIEW(made);
	return made;
}
