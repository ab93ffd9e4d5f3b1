//go:build desktop

// What Wails does not let one say of its web view. Wails makes the view with two functions of WebKit; this program has
// functions of the same names, which the linker prefers to the library's: so the view keeps nothing on disk, has no
// network, and goes nowhere by itself.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

#include "webview_linux.h"

static WebKitWebContext *context;
static WebKitWebView *view;

static void cancel_download(WebKitWebContext *c, WebKitDownload *download, gpointer data) { webkit_download_cancel(download); }

WebKitWebContext *webkit_web_context_get_default(void) {
	if (context)
		return context;
	context = webkit_web_context_new_ephemeral();
	webkit_web_context_set_cache_model(context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
	webkit_web_context_set_spell_checking_enabled(context, FALSE);
	// The page needs no network. What slips past its Content Security Policy, as hints for names do, finds none.
	WebKitNetworkProxySettings *nowhere = webkit_network_proxy_settings_new("http://127.0.0.1:9", NULL);
	webkit_website_data_manager_set_network_proxy_settings(webkit_web_context_get_website_data_manager(context),
		WEBKIT_NETWORK_PROXY_MODE_CUSTOM, nowhere);
	webkit_network_proxy_settings_free(nowhere);
	g_signal_connect(context, "download-started", G_CALLBACK(cancel_download), NULL);
	return context;
}

// ours reports whether an address is of this program's own page.
static gboolean ours(const char *uri) { return uri && g_str_has_prefix(uri, "wails://wails/"); }

static gboolean decide(WebKitWebView *v, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type, gpointer data) {
	gboolean good = FALSE;
	if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION) {
		WebKitNavigationAction *action =
			webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(decision));
		const char *uri = webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
		// A frame may hold a text that the page gives it; the page itself stays where it is.
		good = ours(uri) || g_strcmp0(uri, "about:srcdoc") == 0 || g_strcmp0(uri, "about:blank") == 0;
	} else if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) {
		WebKitURIRequest *request = webkit_response_policy_decision_get_request(WEBKIT_RESPONSE_POLICY_DECISION(decision));
		const char *uri = webkit_uri_request_get_uri(request);
		good = (ours(uri) || g_strcmp0(uri, "about:srcdoc") == 0 || g_strcmp0(uri, "about:blank") == 0) &&
			webkit_response_policy_decision_is_mime_type_supported(WEBKIT_RESPONSE_POLICY_DECISION(decision));
	}
	if (good)
		webkit_policy_decision_use(decision);
	else
		webkit_policy_decision_ignore(decision);
	return TRUE;
}

static gboolean deny(WebKitWebView *v, WebKitPermissionRequest *request, gpointer data) {
	webkit_permission_request_deny(request);
	return TRUE;
}

// menu leaves of the context menu what belongs to text.
static gboolean menu(WebKitWebView *v, WebKitContextMenu *m, GdkEvent *event, WebKitHitTestResult *hit, gpointer data) {
	GList *items = g_list_copy(webkit_context_menu_get_items(m));
	gboolean editable = webkit_hit_test_result_context_is_editable(hit);
	if (!editable && !webkit_hit_test_result_context_is_selection(hit)) {
		g_list_free(items);
		return TRUE;
	}
	for (GList *i = items; i; i = i->next) {
		switch (webkit_context_menu_item_get_stock_action(i->data)) {
		case WEBKIT_CONTEXT_MENU_ACTION_COPY:
			break;
		case WEBKIT_CONTEXT_MENU_ACTION_CUT:
		case WEBKIT_CONTEXT_MENU_ACTION_PASTE:
		case WEBKIT_CONTEXT_MENU_ACTION_DELETE:
		case WEBKIT_CONTEXT_MENU_ACTION_SELECT_ALL:
			if (editable)
				break;
			// falls through
		default:
			webkit_context_menu_remove(m, i->data);
		}
	}
	g_list_free(items);
	return webkit_context_menu_get_n_items(m) == 0;
}

// Where the page is: what stands in its address after the #.
static GMutex at_lock;
static char *at;

static void went(WebKitWebView *v, GParamSpec *spec, gpointer data) {
	const char *uri = webkit_web_view_get_uri(v);
	const char *fragment = uri && ours(uri) ? strchr(uri, '#') : NULL;
	g_mutex_lock(&at_lock);
	g_free(at);
	at = g_strdup(fragment ? fragment : "");
	g_mutex_unlock(&at_lock);
}

char *steward_at(void) {
	g_mutex_lock(&at_lock);
	char *copy = g_strdup(at ? at : "");
	g_mutex_unlock(&at_lock);
	return copy;
}

GtkWidget *webkit_web_view_new_with_user_content_manager(WebKitUserContentManager *manager) {
	const char *names[] = {"web-context", "user-content-manager"};
	GValue values[2];
	memset(values, 0, sizeof values);
	g_value_init(&values[0], WEBKIT_TYPE_WEB_CONTEXT);
	g_value_set_object(&values[0], webkit_web_context_get_default());
	g_value_init(&values[1], WEBKIT_TYPE_USER_CONTENT_MANAGER);
	g_value_set_object(&values[1], manager);
	view = WEBKIT_WEB_VIEW(g_object_new_with_properties(WEBKIT_TYPE_WEB_VIEW, 2, names, values));
	g_value_unset(&values[0]);
	g_value_unset(&values[1]);
	g_object_set(webkit_web_view_get_settings(view),
		"enable-html5-local-storage", FALSE,
		"enable-html5-database", FALSE,
		"enable-page-cache", FALSE,
		"enable-dns-prefetching", FALSE,
		"enable-media-stream", FALSE,
		"enable-webgl", FALSE,
		"enable-back-forward-navigation-gestures", FALSE,
		"javascript-can-open-windows-automatically", FALSE,
		NULL);
	g_signal_connect(view, "decide-policy", G_CALLBACK(decide), NULL);
	g_signal_connect(view, "permission-request", G_CALLBACK(deny), NULL);
	g_signal_connect(view, "context-menu", G_CALLBACK(menu), NULL);
	g_signal_connect(view, "notify::uri", G_CALLBACK(went), NULL);
	return GTK_WIDGET(view);
}

// Where the window stands. The place is that of the window in its own size; while it is maximised it is what it goes
// back to.
static GMutex lock;
static steward_place place;

static GtkWindow *window(void) {
	GtkWidget *top = view ? gtk_widget_get_toplevel(GTK_WIDGET(view)) : NULL;
	return top && gtk_widget_is_toplevel(top) ? GTK_WINDOW(top) : NULL;
}

static gboolean moved(GtkWidget *w, GdkEventConfigure *event, gpointer data) {
	GdkWindow *g = gtk_widget_get_window(w);
	GdkWindowState state = g ? gdk_window_get_state(g) : 0;
	g_mutex_lock(&lock);
	if (!place.maximised && !(state & (GDK_WINDOW_STATE_MAXIMIZED | GDK_WINDOW_STATE_FULLSCREEN | GDK_WINDOW_STATE_ICONIFIED))) {
		gtk_window_get_position(GTK_WINDOW(w), &place.x, &place.y);
		gtk_window_get_size(GTK_WINDOW(w), &place.width, &place.height);
		place.placed = TRUE;
	}
	g_mutex_unlock(&lock);
	return FALSE;
}

static gboolean changed(GtkWidget *w, GdkEventWindowState *event, gpointer data) {
	g_mutex_lock(&lock);
	place.maximised = (event->new_window_state & GDK_WINDOW_STATE_MAXIMIZED) != 0;
	g_mutex_unlock(&lock);
	return FALSE;
}

// visible reports whether enough of a window would be on a monitor that it can be seen and moved.
static gboolean visible(const steward_place *p) {
	GdkDisplay *display = gdk_display_get_default();
	for (int i = 0; i < gdk_display_get_n_monitors(display); i++) {
		GdkRectangle all, part, title = {p->x, p->y, p->width, 40};
		gdk_monitor_get_workarea(gdk_display_get_monitor(display, i), &all);
		if (gdk_rectangle_intersect(&all, &title, &part) && part.width >= 100 && part.height >= 20)
			return TRUE;
	}
	return FALSE;
}

static void apply(const steward_place *p, gboolean size) {
	GtkWindow *w = window();
	if (!w)
		return;
	if (p->placed && visible(p))
		gtk_window_move(w, p->x, p->y);
	if (!size)
		return;
	gtk_window_resize(w, p->width, p->height);
	if (p->maximised)
		gtk_window_maximize(w);
}

static gboolean settling(gpointer data) {
	steward_place *start = data;
	GtkWindow *w = window();
	if (w) {
		apply(start, FALSE);
		g_signal_connect(w, "configure-event", G_CALLBACK(moved), NULL);
		g_signal_connect(w, "window-state-event", G_CALLBACK(changed), NULL);
	}
	g_free(start);
	return G_SOURCE_REMOVE;
}

static gboolean putting(gpointer data) {
	apply(data, TRUE);
	g_free(data);
	return G_SOURCE_REMOVE;
}

static gboolean quitting(gpointer data) {
	void (*quit)(void) = (void (*)(void))dlsym(RTLD_NEXT, "gtk_main_quit");
	if (quit && gtk_main_level() > 0)
		quit();
	return G_SOURCE_REMOVE;
}

// Wails ends the loop from any thread, which the toolkit does not stand: at a signal it does so beside this program. What
// ends it here is the loop's own thread.
void gtk_main_quit(void) { g_idle_add(quitting, NULL); }

// steward_settle moves the window to where it stood, and begins to note where it goes.
void steward_settle(steward_place start) {
	g_mutex_lock(&lock);
	place = start;
	g_mutex_unlock(&lock);
	g_idle_add(settling, g_memdup2(&start, sizeof start));
}

void steward_put(steward_place to) { g_idle_add(putting, g_memdup2(&to, sizeof to)); }

steward_place steward_placed(void) {
	g_mutex_lock(&lock);
	steward_place p = place;
	g_mutex_unlock(&lock);
	return p;
}

void steward_quit(void) { g_idle_add(quitting, NULL); }
